import { expect, it } from "vitest";
import type { AttributeCase } from "./attribute-cases/attribute-case.ts";
import { roundsOf } from "./attribute-rounds.ts";

const CASE: AttributeCase = { id: "x", declared: {}, before: ":", change: ":" };

function namesOf(rounds: ReturnType<typeof roundsOf>): readonly string[] {
  return rounds.map((round) => round.map(({ kind, path }) => `${kind}${path}`).join(" "));
}

it("puts cases of different kinds together, and those of one kind one after the other", () => {
  expect(
    namesOf(roundsOf({ a: { "/1": CASE, "/2": CASE }, b: { "/1": CASE }, c: { "/1": CASE, "/2": CASE } })),
  ).toEqual(["a/1 b/1 c/1", "a/2 c/2"]);
});

it("keeps apart what touches the same thing, and by itself what must be alone", () => {
  const eve = { ...CASE, touches: ["eve"] };
  const cases = { a: { "/1": eve, "/2": { ...CASE, alone: true }, "/3": CASE }, b: { "/1": eve, "/2": CASE } };
  expect(namesOf(roundsOf(cases))).toEqual(["a/1", "a/3 b/1", "b/2", "a/2"]);
});

it("loses no case and has none twice", () => {
  const all = { a: { "/1": CASE, "/2": { ...CASE, alone: true } }, b: { "/1": { ...CASE, touches: ["t"] } }, c: {} };
  expect(namesOf(roundsOf(all)).join(" ").split(" ").sort()).toEqual(["a/1", "a/2", "b/1"]);
  expect(roundsOf({})).toEqual([]);
});
