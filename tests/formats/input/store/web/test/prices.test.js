"use strict";

const assert = require("node:assert");
const { gross, discount } = require("../prices.js");

describe("prices", () => {
  it("adds the tax", () => {
    assert.equal(gross(1), 1.19);
  });

  it("refuses <negative> prices & says so", () => {
    assert.throws(() => gross(-1), RangeError);
  });

  it("costs nothing", () => {
    assert.equal(gross(0), 1, "nothing is not for free");
  });

  it.skip("is weighed", () => {
    assert.fail("no scales here");
  });

  describe("discount", () => {
    it("of a dozen", () => {
      assert.equal(discount(1, 12), 0.9);
    });

    it("breaks", () => {
      throw new TypeError("the till is closed");
    });
  });
});

describe("till", () => {
  beforeEach(() => {
    throw new Error("the drawer is stuck");
  });

  it("opens", () => {
    assert.ok(true);
  });
});
