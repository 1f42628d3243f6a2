"use strict";

const assert = require("node:assert");
const { gross, discount } = require("../prices.js");

describe("prices", () => {
  it("adds the tax", () => {
    assert.equal(gross(1), 1.19);
  });

  it("of a dozen", () => {
    assert.equal(discount(1, 12), 0.9);
  });
});
