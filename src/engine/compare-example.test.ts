import { describe, expect, it } from "vitest";
import { type KindFacts, kindCatalog } from "../model/facts.ts";
import { exampleComparer } from "./compare-example.ts";

const FACTS: KindFacts = {
  kind: "t/thing",
  summary: "a thing",
  id: { description: "a name", example: "x" },
  attributes: [
    { path: "/a", type: "string", description: "a" },
    { path: "/s", type: "list", description: "a set", semantics: "set" },
  ],
  emptyIs: "value",
  read: "nothing",
};
const compare = exampleComparer(kindCatalog([FACTS]));
const thing = { kind: "t/thing", id: "x" };

describe("comparing an example", () => {
  it.each([
    ["nothing where it is as declared", { desired: { a: "1" }, actual: { a: "1" } }, undefined],
    ["nothing where a constraint holds", { desired: { a: { $oneOf: ["1", "2"] } }, actual: { a: "2" } }, undefined],
    [
      "nothing where only the order of a set differs",
      { desired: { s: ["1", "2"] }, actual: { s: ["2", "1"] } },
      undefined,
    ],
    [
      "a change",
      { desired: { a: "1" }, baseline: { a: "1" }, actual: { a: "2" } },
      { drift: "changed", cause: "out-of-band", changes: [{ path: "/a", desired: "1", baseline: "1", actual: "2" }] },
    ],
    ["what is missing", { desired: { a: "1" }, actual: null }, { drift: "missing", changes: [{ path: "" }] }],
    ["what nobody declares", { actual: { a: "1" } }, { drift: "unmanaged", changes: [{ path: "" }] }],
    [
      "a constraint that fails, as it is written",
      { desired: { a: { $oneOf: ["1"] } }, actual: { a: "2" } },
      { changes: [{ path: "/a", desired: { $oneOf: ["1"] }, actual: "2" }] },
    ],
  ])("finds %s", (_, states, drift) => {
    const found = compare({ ...thing, ...states });
    if (drift === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(drift);
  });

  it("refuses a kind and an operator that are not known", () => {
    expect(() => compare({ kind: "t/thin", id: "x", actual: {} })).toThrow('Cannot run an example of kind "t/thin"');
    expect(() => compare({ ...thing, desired: { a: { $nope: 1 } }, actual: {} })).toThrow(
      'Cannot read "a" of the example "x"',
    );
  });
});
