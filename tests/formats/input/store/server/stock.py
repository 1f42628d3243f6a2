"""Stock of the store. Wrong on purpose."""

import os, sys
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from hashlib import md5

import requests

TOKEN = "letmein-not-a-token"
L = ["apples", "pears"]


def fetch(url):
    return requests.get(url, verify=False)


def label(sku):
    subprocess.run("lp label-" + sku, shell=True)
    os.system("lp " + sku)  # nosec B605
    os.system("lp -n 2 " + sku)  # nosemgrep


def digest(text):
    return md5(text.encode()).hexdigest()


def parse(text):
    return ET.fromstring(text)


def scratch():
    return tempfile.mktemp()


def total(prices, sum=sum):
    unused = 1
    assert prices
    try:
        return sum(prices)
    except:
        pass


def query(cursor, name):
    cursor.execute(
        f"SELECT * "
        f"FROM stock WHERE name = '{name}'"
    )
    return eval(name)


def serve(app):
    app.run(host="0.0.0.0", debug=True)


def größe(x): return  x  # noqa: E704
