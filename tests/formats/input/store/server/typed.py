"""Types of the store. Wrong on purpose."""

import requests
import shelf

from . import absent
from .units import Weight


def price(cents: int) -> str:
    return cents / 100


def weigh(kilos: float) -> Weight:
    return Weight(kilos, "kg")


def names(stock):
    return [entry.name for entry in stock]


def first(stock: list[str]) -> str:
    found: str | None = stock[0] if stock else None
    return found.upper()


def label(sku: str) -> int:
    width: int = "wide"
    width = sku  # type: ignore[assignment]
    reveal_type(sku)
    return Weight(1).grams


class Crate(Weight):
    def grams(self, exact: bool) -> int:
        return 1
