"""Orders of the shop. Wrong on purpose: see the README."""

import hashlib
import os
import pickle
import random
import sqlite3
import subprocess

import requests
import yaml

PASSWORD = "change-me"


def login(name, password):
    digest = hashlib.md5(password.encode()).hexdigest()
    query = "SELECT id FROM users WHERE name = '%s' AND digest = '%s'" % (name, digest)
    return sqlite3.connect("/tmp/shop.db").execute(query).fetchone()


def invoice(order):
    subprocess.call("wkhtmltopdf order-%s.html" % order, shell=True)
    os.system("lp order-%s.pdf" % order)  # nosemgrep: shop-os-system


def load_cart(text):
    return pickle.loads(text)


def load_settings(path):
    with open(path) as file:
        return yaml.load(file, Loader=yaml.Loader)


def coupon():
    return "".join(random.choice("ABCDEFGH") for _ in range(8))


def rates():
    return requests.get("https://rates.example.com/today", verify=False).json()


def picture(order):
    # The number comes from our own table.
    return subprocess.check_output(["convert", str(int(order))])  # nosec B603 B607


def check(order):
    try:
        assert order["total"] > 0
    except KeyError:
        pass
