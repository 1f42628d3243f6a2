"""Units of the store."""


class Weight:
    """A weight in kilograms."""

    def __init__(self, kilos: float) -> None:
        self.kilos = kilos

    def grams(self) -> int:
        """The same in grams."""
        return round(self.kilos * 1000)
