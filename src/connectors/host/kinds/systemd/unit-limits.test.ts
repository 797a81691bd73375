import { describe, expect, it } from "vitest";
import { parseProperties, type UnitProperties } from "./parse-properties.ts";
import { unitLimits } from "./unit-limits.ts";

function properties(text: string): UnitProperties {
  const [unit] = parseProperties(Buffer.from(text));
  if (unit === undefined) throw new Error("nothing to parse");
  return unit;
}

describe("unitLimits", () => {
  const manager = properties("DefaultLimitNOFILE=524288\nDefaultLimitNOFILESoft=1024\nDefaultLimitCORE=infinity\n");

  it.each([
    ["LimitNOFILE=524288\nLimitNOFILESoft=1024\n", {}],
    ["LimitNOFILE=524288\nLimitNOFILESoft=524288\n", { nofile: "524288:524288" }],
    ["LimitNOFILE=infinity\nLimitNOFILESoft=1024\n", { nofile: "1024:infinity" }],
    ["LimitCORE=0\n", {}],
    ["Id=x\n", {}],
  ])("takes of %j what is not the default", (text, limits) => {
    expect(unitLimits(properties(text), manager)).toEqual(limits);
  });
});
