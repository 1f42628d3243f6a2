"""Prices of the store."""


def gross(net: float, rate: float = 0.19) -> float:
    """The price with tax."""
    if net < 0:
        raise ValueError("a price is not negative")
    return round(net * (1 + rate), 2)


def discount(net: float, pieces: int) -> float:
    """Ten per cent off a dozen, five off half of it."""
    if pieces >= 12:
        return net * 0.9
    if pieces >= 6:
        return net * 0.95
    return net


def shown(net: float) -> str:  # pragma: no cover
    """A price as it is printed."""
    return f"{net:.2f}"
