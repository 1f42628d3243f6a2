"""Tests that pass, fail, break and are left out."""

import sys
import warnings

import pytest

from server.prices import discount, gross


def test_gross():
    assert gross(1.0) == 1.19


def test_gross_of_nothing():
    print("nothing costs nothing")
    print("is that so? <&>", file=sys.stderr)
    assert gross(0) == 1, "nothing is not for free"


@pytest.mark.parametrize("pieces, expected", [(1, 1.0), (6, 0.95), (12, 0.5)])
def test_discount(pieces, expected):
    assert discount(1.0, pieces) == expected


@pytest.fixture
def till():
    raise RuntimeError("the till is closed")


def test_till(till):
    assert till


@pytest.fixture
def drawer():
    yield 1
    raise RuntimeError("the drawer is stuck")


def test_drawer(drawer):
    assert drawer


@pytest.mark.skip(reason="no scales here")
def test_scales():
    raise AssertionError


def test_printer():
    pytest.skip("no printer here")


@pytest.mark.xfail(reason="rounding is not agreed yet", strict=False)
def test_rounding():
    assert gross(0.005) == 0.006


@pytest.mark.xfail(reason="was broken once", strict=True)
def test_works_again():
    assert gross(1.0) == 1.19


class TestTax:
    def test_rate(self, record_property):
        record_property("ticket", "STORE-7")
        warnings.warn("the rate changes next year")
        assert gross(1.0, 0.07) == 1.07

    def test_negative(self):
        with pytest.raises(ValueError):
            gross(-1.0)


def test_drawer_counts(drawer):
    assert drawer == 2
