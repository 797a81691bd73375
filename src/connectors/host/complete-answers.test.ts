import { describe, expect, it } from "vitest";
import type { Listing, Observation } from "../../model/observation.ts";
import { completeAnswers, type KindReading } from "./complete-answers.ts";
import type { KindRequest } from "./kind.ts";
import { inOnes } from "./streams.ts";

const observedAt = "2026-01-02T03:04:05.000Z";
const one = { kind: "host/file", at: "here", id: "one" };
const other = { kind: "host/file", at: "here", id: "other" };

function reading(signal: AbortSignal, inScope?: KindRequest["inScope"]): KindReading {
  const request = { at: "here", asked: [{ resource: one }, { resource: other }], now: () => observedAt, signal };
  return {
    kind: "host/file",
    request: inScope === undefined ? request : { ...request, inScope },
  };
}

async function complete(
  answers: () => AsyncIterable<Observation | Listing>,
  reads: KindReading = reading(new AbortController().signal, () => true),
) {
  const all: (Observation | Listing)[] = [];
  for await (const answer of completeAnswers([reads], () => inOnes(answers()))) all.push(...answer);
  return all;
}

describe("completeAnswers", () => {
  it("adds nothing where everything is answered", async () => {
    const answers: readonly (Observation | Listing)[] = [
      { resource: one, observedAt, status: "absent" },
      { resource: other, observedAt, status: "absent" },
      { kind: "host/file", at: "here", observedAt, status: "listed" },
    ];
    expect(
      await complete(async function* () {
        yield* answers;
      }),
    ).toEqual(answers);
  });

  it("answers unchecked and unlisted for what a kind that fails leaves open, and says why", async () => {
    const answers = await complete(async function* () {
      yield { resource: one, observedAt, status: "absent" };
      throw new Error("broken");
    });
    expect(answers.slice(1)).toEqual([
      {
        resource: other,
        observedAt,
        status: "unchecked",
        reason: "failed",
        detail: 'Cannot read host/file "other": broken',
      },
      {
        kind: "host/file",
        at: "here",
        observedAt,
        status: "unlisted",
        reason: "failed",
        detail: "Cannot list host/file: broken",
      },
    ]);
  });

  it("gives no listing where none is asked for", async () => {
    const answers = await complete(async function* () {}, reading(new AbortController().signal));
    expect(answers.map((answer) => answer.status)).toEqual(["unchecked", "unchecked"]);
  });

  it("fails with the signal's reason once it is aborted", async () => {
    const aborted = reading(AbortSignal.abort(new Error("enough")));
    const failing = async function* (): AsyncGenerator<Observation> {
      yield await Promise.reject(new Error("interrupted read"));
    };
    await expect(complete(failing, aborted)).rejects.toThrow("enough");
  });
});
