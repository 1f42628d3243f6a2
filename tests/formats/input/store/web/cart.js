"use strict";

const path = require("path");

var total = 0;

function add(cart, key, value) {
  cart[key] = value;
  if (value == null) {
    debugger;
  }
  return eval("total + " + value);
}

function safe(pattern) {
  // eslint-disable-next-line security/detect-non-literal-regexp -- patterns are our own
  return new RegExp(pattern);
}

/* eslint-disable no-eval */
const twice = eval("2 * total");
/* eslint-enable no-eval */

// eslint-disable-next-line eqeqeq
const same = total === twice;

module.exports = { add, safe, same };
