import { describe, expect, it } from "vitest";
import { KnownError } from "../errors.ts";
import type { Finding } from "../model/finding.ts";
import { type DecisionInput, decide } from "./decide.ts";
import { changeOf, digest, findingAt, HOUR, hoursIn, ID, scan, settled, stepOf } from "./fixtures/findings.ts";

const AT = hoursIn(1);
const base = { by: "ann", reason: " known ", at: AT };

describe("decide", () => {
  it.each([
    ["ack", "acknowledged", "acknowledged", {}],
    ["snooze", "snoozed", "snoozed", { until: hoursIn(2) }],
    ["accept", "accepted", "accepted", { until: hoursIn(2), owner: "team-a" }],
  ] as const)("records %s with who, why and what it covers", (verb, status, transition, extra) => {
    const finding = findingAt(0, { changes: [changeOf(), changeOf({ path: "/size", actual: 10n ** 20n })] });
    const step = decide(finding, { verb, ...base, ...extra }, digest);
    expect(step.transitions).toEqual([
      { finding: ID, transition, from: "open", to: status, at: AT, by: "ann", detail: "known" },
    ]);
    expect(step.finding).toEqual({
      ...finding,
      status,
      decision: {
        verb,
        by: "ann",
        reason: "known",
        at: AT,
        ...extra,
        covers: [
          { path: "/mode", digest: digest('"0644"') },
          { path: "/size", digest: digest("100000000000000000000") },
        ],
      },
    });
  });

  it("covers a change without an actual value by the digest of the empty text", () => {
    const { actual: _, ...gone } = changeOf({ path: "" });
    const step = decide(findingAt(0, { drift: "missing", changes: [gone] }), { verb: "ack", ...base }, digest);
    expect(step.finding.decision?.covers).toEqual([{ path: "", digest: digest("") }]);
  });

  it("replaces an earlier decision", () => {
    const acknowledged = decide(findingAt(0), { verb: "ack", ...base }, digest).finding;
    const step = decide(acknowledged, { verb: "snooze", ...base, until: hoursIn(9) }, digest);
    expect(step).toMatchObject({
      finding: { status: "snoozed" },
      transitions: [{ from: "acknowledged", to: "snoozed" }],
    });
  });

  it("takes a decision back", () => {
    const accepted = decide(findingAt(0), { verb: "accept", ...base, until: hoursIn(9) }, digest).finding;
    const step = decide(accepted, { verb: "reopen", ...base }, digest);
    expect(step.finding).toMatchObject({ status: "open", decision: null });
    expect(step.transitions).toMatchObject([{ transition: "reopened", from: "accepted", to: "open", by: "ann" }]);
  });

  const resolved = () => stepOf(scan(findingAt(0), { hours: 1, outcome: settled })).finding;
  it.each<[string, () => Finding, Partial<DecisionInput> & Pick<DecisionInput, "verb">, string]>([
    ["a resolved finding", resolved, { verb: "ack" }, `Cannot ack "${ID}": it is resolved`],
    ["an empty reason", () => findingAt(0), { verb: "ack", reason: " \n" }, `Cannot ack "${ID}": the reason is empty`],
    [
      "a snooze without end",
      () => findingAt(0),
      { verb: "snooze" },
      `Cannot snooze "${ID}": it is not said until when`,
    ],
    [
      "an acceptance without end",
      () => findingAt(0),
      { verb: "accept" },
      `Cannot accept "${ID}": it is not said until when`,
    ],
    ["an end in the past", () => findingAt(0), { verb: "snooze", until: AT }, `Cannot snooze "${ID}": "${AT}" is over`],
    [
      "reopening an open finding",
      () => findingAt(0),
      { verb: "reopen" },
      `Cannot reopen "${ID}": no decision was made on it`,
    ],
    [
      "reopening a pending finding",
      () => findingAt(0, {}, HOUR),
      { verb: "reopen" },
      `Cannot reopen "${ID}": no decision was made on it`,
    ],
  ])("refuses %s", (_, finding, decision, message) => {
    const attempt = () => decide(finding(), { ...base, ...decision }, digest);
    expect(attempt).toThrow(KnownError);
    expect(attempt).toThrow(expect.objectContaining({ code: "USAGE", message, hint: expect.any(String) }));
  });
});
