"""Tests that pass."""

from server.units import Weight


def test_grams():
    assert Weight(1.5).grams() == 1500


class TestNothing:
    def test_grams(self):
        assert Weight(0).grams() == 0
