"use strict";

/** The price with tax. */
function gross(net, rate = 0.19) {
  if (net < 0) {
    throw new RangeError("a price is not negative");
  }
  return Math.round(net * (1 + rate) * 100) / 100;
}

/** Ten per cent off a dozen, five off half of it. */
function discount(net, pieces) {
  return pieces >= 12 ? net * 0.9 : pieces >= 6 ? net * 0.95 : net;
}

/** A price as it is printed. */
function shown(net) {
  return net.toFixed(2);
}

module.exports = { gross, discount, shown };
