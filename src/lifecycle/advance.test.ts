import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClassifiedDrift, Finding, FindingStep, Severity } from "../model/finding.ts";
import type { Outcome } from "./advance.ts";
import { decide } from "./decide.ts";
import {
  changeOf,
  digest,
  drifting,
  findingAt,
  HOUR,
  hoursIn,
  ID,
  kindsOf,
  scan,
  settled,
  stepOf,
} from "./fixtures/findings.ts";

const MODE = changeOf();
const OWNER = changeOf({ path: "/owner", actual: "nobody" });

function decided(
  verb: "ack" | "snooze" | "accept",
  drift: Partial<ClassifiedDrift> = {},
  finding = findingAt(0, drift),
): Finding {
  const until = verb === "ack" ? {} : { until: hoursIn(48) };
  return decide(finding, { verb, by: "ann", reason: "known", at: hoursIn(1), ...until }, digest).finding;
}

describe("new drift", () => {
  it("opens at once without grace", () => {
    const step = stepOf(scan(undefined, { hours: 2, outcome: drifting(2) }));
    expect(step.finding).toMatchObject({
      id: ID,
      status: "open",
      firstSeenAt: hoursIn(2),
      lastSeenAt: hoursIn(2),
      sinceAt: hoursIn(2),
      recurrence: 0,
      flapping: false,
      resolvedAt: null,
      decision: null,
    });
    expect(step.finding).not.toHaveProperty("observedAt");
    expect(step.transitions).toEqual([
      { finding: ID, transition: "opened", from: null, to: "open", at: hoursIn(2), by: null, detail: "/etc/x changed" },
    ]);
  });

  it("is pending within grace", () => {
    const step = stepOf(scan(undefined, { hours: 0, outcome: drifting(0), graceMs: HOUR }));
    expect(step.finding.status).toBe("pending");
    expect(step.transitions).toMatchObject([{ transition: "pending", from: null, to: "pending" }]);
  });

  it("stays pending until grace is over, then opens", () => {
    const pending = findingAt(0, {}, 2 * HOUR);
    const within = stepOf(scan(pending, { hours: 1.9, outcome: drifting(1.9), graceMs: 2 * HOUR }));
    expect(within).toMatchObject({ finding: { status: "pending" }, transitions: [] });
    const over = stepOf(scan(within.finding, { hours: 2, outcome: drifting(2), graceMs: 2 * HOUR }));
    expect(over.transitions).toMatchObject([{ transition: "opened", from: "pending", to: "open" }]);
    expect(over.finding).toMatchObject({ status: "open", sinceAt: hoursIn(0) });
  });

  it("resolves without ever opening when it goes away within grace", () => {
    const step = stepOf(scan(findingAt(0, {}, HOUR), { hours: 0.5, outcome: settled, graceMs: HOUR }));
    expect(step.transitions).toMatchObject([{ transition: "resolved", from: "pending", to: "resolved" }]);
    expect(step.finding).toMatchObject({ status: "resolved", resolution: "reverted", resolvedAt: hoursIn(0.5) });
  });
});

describe("drift that remains", () => {
  it("moves only the time it was last seen", () => {
    const open = findingAt(0);
    expect(scan(open, { hours: 5, outcome: drifting(5) })).toEqual({
      finding: { ...open, lastSeenAt: hoursIn(5) },
      transitions: [],
    });
  });

  it("never moves the time it was last seen backwards", () => {
    expect(stepOf(scan(findingAt(5), { hours: 6, outcome: drifting(4) })).finding.lastSeenAt).toBe(hoursIn(5));
  });

  it.each<[string, Partial<ClassifiedDrift>, string, string]>([
    ["a new path", { changes: [MODE, OWNER] }, "changed", "/owner"],
    ["another value", { changes: [changeOf({ actual: "0666" })] }, "changed", "/mode"],
    ["a value that is gone", { changes: [withoutActual(MODE)] }, "changed", "/mode"],
    ["a higher severity", { severity: "critical" }, "worsened", "warning to critical"],
    ["a lower severity", { severity: "informational" }, "eased", "warning to informational"],
    ["another sort of drift", { drift: "missing", changes: [changeOf({ path: "" })] }, "changed", "presence, /mode"],
  ])("notes %s", (_, drift, transition, detail) => {
    const step = stepOf(scan(findingAt(0), { hours: 1, outcome: drifting(1, drift) }));
    expect(step.transitions).toMatchObject([{ transition, detail, from: "open", to: "open" }]);
    expect(step.finding).toMatchObject(drift);
  });

  it("notes a change that went away", () => {
    const step = stepOf(scan(findingAt(0, { changes: [MODE, OWNER] }), { hours: 1, outcome: drifting(1) }));
    expect(step.transitions).toMatchObject([{ transition: "changed", detail: "/owner" }]);
  });

  it("forgets where a resource had moved to when it is only missing", () => {
    const presence = changeOf({ path: "" });
    const moved = findingAt(0, { drift: "moved", movedTo: "/etc/y", changes: [presence] });
    const step = stepOf(scan(moved, { hours: 1, outcome: drifting(1, { drift: "missing", changes: [presence] }) }));
    expect(step.finding).not.toHaveProperty("movedTo");
    expect(step.transitions).toMatchObject([{ transition: "changed", detail: "presence" }]);
  });

  it("keeps no value of an attribute in the detail of a transition", () => {
    const step = stepOf(
      scan(findingAt(0), { hours: 1, outcome: drifting(1, { changes: [changeOf({ actual: "s3cr3t" })] }) }),
    );
    expect(JSON.stringify(step.transitions)).not.toContain("s3cr3t");
  });
});

function withoutActual({ actual: _, ...change }: typeof MODE): typeof MODE {
  return change;
}

describe("a decision", () => {
  const verbs = ["ack", "snooze", "accept"] as const;

  it.each(verbs)("holds while the changes are the same (%s)", (verb) => {
    const finding = decided(verb);
    const step = stepOf(scan(finding, { hours: 2, outcome: drifting(2) }));
    expect(step.transitions).toEqual([]);
    expect(step.finding).toEqual({ ...finding, lastSeenAt: hoursIn(2) });
  });

  it.each(verbs)("holds while there are fewer changes (%s)", (verb) => {
    const finding = decided(verb, { changes: [MODE, OWNER] });
    const step = stepOf(scan(finding, { hours: 2, outcome: drifting(2, { changes: [OWNER] }) }));
    expect(step.transitions).toEqual([]);
    expect(step.finding).toMatchObject({ status: finding.status, changes: [OWNER], decision: finding.decision });
  });

  it("covers a change again that went away and came back with the same value", () => {
    const fewer = stepOf(scan(decided("ack", { changes: [MODE, OWNER] }), { hours: 2, outcome: drifting(2) })).finding;
    const again = stepOf(scan(fewer, { hours: 3, outcome: drifting(3, { changes: [MODE, OWNER] }) }));
    expect(again).toMatchObject({ finding: { status: "acknowledged" }, transitions: [] });
  });

  it.each(verbs)("ends with a new path (%s)", (verb) => {
    const finding = decided(verb);
    const step = stepOf(scan(finding, { hours: 2, outcome: drifting(2, { changes: [MODE, OWNER] }) }));
    expect(step.transitions).toMatchObject([
      { transition: "reopened", from: finding.status, to: "open", detail: "/owner" },
    ]);
    expect(step.finding).toMatchObject({ status: "open", decision: null, recurrence: 0 });
  });

  it.each(verbs)("ends with a new value (%s)", (verb) => {
    const step = scan(decided(verb), { hours: 2, outcome: drifting(2, { changes: [changeOf({ actual: "0777" })] }) });
    expect(stepOf(step)).toMatchObject({
      finding: { status: "open", decision: null },
      transitions: [{ transition: "reopened" }],
    });
  });

  it("ends when a missing resource is there again but unmanaged", () => {
    const presence = changeOf({ path: "", cause: "orphaned" });
    const acknowledged = decided("ack", { drift: "missing", changes: [withoutActual(presence)] });
    const step = scan(acknowledged, {
      hours: 2,
      outcome: drifting(2, { drift: "unmanaged", changes: [withoutActual(presence)] }),
    });
    expect(kindsOf(step)).toEqual(["reopened"]);
  });

  it("holds when only the desired value moved", () => {
    const step = scan(decided("accept"), {
      hours: 2,
      outcome: drifting(2, { changes: [changeOf({ desired: "0640" })] }),
    });
    expect(stepOf(step)).toMatchObject({ finding: { status: "accepted" }, transitions: [] });
  });

  it("holds when only the severity rose, which is told", () => {
    const step = scan(decided("ack"), { hours: 2, outcome: drifting(2, { severity: "critical" }) });
    expect(stepOf(step)).toMatchObject({
      finding: { status: "acknowledged" },
      transitions: [{ transition: "worsened", from: "acknowledged", to: "acknowledged" }],
    });
  });

  it("tells both when it ends and the severity rose", () => {
    const worse = drifting(2, { severity: "critical", changes: [changeOf({ severity: "critical", actual: "0777" })] });
    expect(kindsOf(scan(decided("ack"), { hours: 2, outcome: worse }))).toEqual(["reopened", "worsened"]);
  });

  it.each(["snooze", "accept"] as const)("expires (%s)", (verb) => {
    const finding = decided(verb);
    expect(kindsOf(scan(finding, { hours: 47.9, outcome: drifting(47.9) }))).toEqual([]);
    const step = stepOf(scan(finding, { hours: 48, outcome: drifting(48) }));
    expect(step.transitions).toMatchObject([{ transition: "expired", from: finding.status, to: "open" }]);
    expect(step.finding).toMatchObject({ status: "open", decision: null });
  });

  it("is not expired by a scan that could not look", () => {
    expect(scan(decided("snooze"), { hours: 100, outcome: { is: "frozen" } })).toBeUndefined();
  });

  it("ends when the finding is resolved", () => {
    const step = stepOf(scan(decided("accept"), { hours: 2, outcome: settled }));
    expect(step.finding).toMatchObject({ status: "resolved", decision: null });
    expect(step.transitions).toMatchObject([{ transition: "resolved", from: "accepted" }]);
  });
});

describe("resolution and return", () => {
  it.each(["reverted", "adopted", "vanished", "undeclared", "ignored", "out-of-scope"] as const)(
    "resolves as %s",
    (resolution) => {
      const step = stepOf(scan(findingAt(0), { hours: 1, outcome: { is: "settled", resolution } }));
      expect(step.finding).toMatchObject({
        status: "resolved",
        resolution,
        resolvedAt: hoursIn(1),
        lastSeenAt: hoursIn(0),
      });
      expect(step.transitions).toMatchObject([
        { transition: "resolved", from: "open", to: "resolved", detail: resolution },
      ]);
    },
  );

  it("leaves alone what never drifted and what is resolved already", () => {
    const resolved = stepOf(scan(findingAt(0), { hours: 1, outcome: settled })).finding;
    expect(scan(undefined, { hours: 2, outcome: settled })).toBeUndefined();
    expect(scan(resolved, { hours: 2, outcome: settled })).toBeUndefined();
  });

  it("freezes what could not be checked", () => {
    expect(scan(undefined, { hours: 1, outcome: { is: "frozen" } })).toBeUndefined();
    expect(scan(findingAt(0, {}, HOUR), { hours: 9, outcome: { is: "frozen" }, graceMs: HOUR })).toBeUndefined();
  });

  it("reopens what comes back, and counts it", () => {
    const acknowledged = decided("ack");
    const resolved = stepOf(scan(acknowledged, { hours: 2, outcome: settled })).finding;
    const step = stepOf(scan(resolved, { hours: 3, outcome: drifting(3) }));
    expect(step.transitions).toMatchObject([{ transition: "reopened", from: "resolved", to: "open" }]);
    expect(step.finding).toMatchObject({
      status: "open",
      recurrence: 1,
      flaps: { score: 1, at: hoursIn(3) },
      firstSeenAt: hoursIn(0),
      sinceAt: hoursIn(3),
      lastSeenAt: hoursIn(3),
      resolvedAt: null,
      resolution: null,
      decision: null,
    });
  });

  it("never moves the time it was last seen backwards when it comes back", () => {
    const resolved = stepOf(scan(findingAt(5), { hours: 6, outcome: settled })).finding;
    expect(stepOf(scan(resolved, { hours: 7, outcome: drifting(4) })).finding).toMatchObject({
      lastSeenAt: hoursIn(5),
      sinceAt: hoursIn(4),
    });
  });

  it("gives what comes back its grace, and says then that it reopened", () => {
    const resolved = stepOf(scan(findingAt(0), { hours: 1, outcome: settled })).finding;
    const back = stepOf(scan(resolved, { hours: 2, outcome: drifting(2), graceMs: HOUR }));
    expect(back).toMatchObject({
      finding: { status: "pending", recurrence: 1 },
      transitions: [{ transition: "pending" }],
    });
    expect(kindsOf(scan(back.finding, { hours: 3, outcome: drifting(3), graceMs: HOUR }))).toEqual(["reopened"]);
  });
});

describe("flapping", () => {
  /** Comes back `returns` times, every `hours` hours. */
  function afterReturns(returns: number, hours: number): { finding: Finding; last: string[] } {
    let finding = findingAt(0);
    let last: string[] = [];
    for (let index = 1; index <= returns; index++) {
      finding = stepOf(scan(finding, { hours: index * hours - hours / 2, outcome: settled })).finding;
      const step = stepOf(scan(finding, { hours: index * hours, outcome: drifting(index * hours) }));
      finding = step.finding;
      last = kindsOf(step);
    }
    return { finding, last };
  }

  it("begins with the fourth return within a day", () => {
    expect(afterReturns(3, 5)).toMatchObject({ finding: { flapping: false }, last: ["reopened"] });
    expect(afterReturns(4, 5)).toMatchObject({
      finding: { flapping: true, recurrence: 4 },
      last: ["reopened", "flapping"],
    });
    expect(afterReturns(5, 5).last).toEqual(["reopened"]);
  });

  it("does not begin when returns are far apart", () => {
    expect(afterReturns(20, 24).finding.flapping).toBe(false);
  });

  it("halves the score each day", () => {
    const { finding } = afterReturns(2, 24);
    expect(finding.flaps.score).toBeCloseTo(1.5, 10);
  });

  it("ends when the score has decayed", () => {
    const { finding } = afterReturns(4, 1);
    expect(kindsOf(scan(finding, { hours: 4 + 44, outcome: drifting(48) }))).toEqual([]);
    const step = stepOf(scan(finding, { hours: 4 + 48, outcome: drifting(52) }));
    expect(step.transitions).toMatchObject([{ transition: "steadied", from: "open", to: "open" }]);
    expect(step.finding.flapping).toBe(false);
    expect(kindsOf(scan(step.finding, { hours: 53, outcome: drifting(53) }))).toEqual([]);
  });

  it.each(["ignored", "out-of-scope", "undeclared"] as const)("is no matter of what people had %s", (resolution) => {
    let finding = findingAt(0);
    for (let hours = 1; hours <= 9; hours += 2) {
      finding = stepOf(scan(finding, { hours, outcome: { is: "settled", resolution } })).finding;
      finding = stepOf(scan(finding, { hours: hours + 1, outcome: drifting(hours + 1) })).finding;
    }
    expect(finding).toMatchObject({ flapping: false, recurrence: 5, flaps: { score: 0 } });
  });

  it("ends for a resolved finding too", () => {
    const resolved = stepOf(scan(afterReturns(4, 1).finding, { hours: 5, outcome: settled })).finding;
    expect(resolved.flapping).toBe(true);
    expect(kindsOf(scan(resolved, { hours: 60, outcome: settled }))).toEqual(["steadied"]);
  });
});

describe("any sequence of scans", () => {
  const change = fc.record({ path: fc.constantFrom("", "/a", "/b"), actual: fc.constantFrom("1", "2") }).map(changeOf);
  const drift = fc.record({
    changes: fc.uniqueArray(change, { minLength: 1, selector: ({ path }) => path }),
    severity: fc.constantFrom<Severity>("critical", "warning", "informational"),
  });
  const outcome = fc.oneof(
    drift.map((state) => ({ is: "drifting" as const, state })),
    fc.constantFrom(settled, { is: "frozen" } as const),
  );
  const act = fc.record({
    afterHours: fc.double({ min: 0, max: 30, noNaN: true }),
    outcome,
    graceMs: fc.constantFrom(0, HOUR, 24 * HOUR),
    verb: fc.constantFrom("ack", "snooze", "accept", undefined),
  });

  type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

  function outcomeAt(hours: number, seen: Act["outcome"]): Outcome {
    return "state" in seen ? drifting(hours, seen.state) : seen;
  }

  interface Scanned {
    readonly before: Finding | undefined;
    readonly at: Parameters<typeof scan>[1];
    readonly step: FindingStep;
  }

  /** Plays scans and decisions one after the other, and hands out each scan that moved the finding. */
  function* play(acts: readonly Act[]): Iterable<Scanned> {
    let stored: Finding | undefined;
    let hours = 0;
    for (const one of acts) {
      hours += one.afterHours;
      const at = { hours, outcome: outcomeAt(hours, one.outcome), graceMs: one.graceMs };
      const step = scan(stored, at);
      if (step === undefined) continue;
      yield { before: stored, at, step };
      stored = decideAt(hours, step.finding, one.verb);
    }
  }

  function decideAt(hours: number, finding: Finding, verb: Act["verb"]): Finding {
    if (verb === undefined || finding.status === "resolved") return finding;
    const until = verb === "ack" ? {} : { until: hoursIn(hours + 20) };
    return decide(finding, { verb, by: "ann", reason: "known", at: hoursIn(hours), ...until }, digest).finding;
  }

  function forEachScan(check: (scanned: Scanned) => void): void {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        for (const scanned of play(acts)) check(scanned);
      }),
    );
  }

  it("keeps a finding whole", () => {
    forEachScan(({ step: { finding } }) => {
      expect(finding.status === "resolved").toBe(finding.resolvedAt !== null);
      expect(finding.status === "resolved").toBe(finding.resolution !== null);
      expect(["acknowledged", "snoozed", "accepted"].includes(finding.status)).toBe(finding.decision !== null);
      expect(finding.firstSeenAt <= finding.sinceAt && finding.sinceAt <= finding.lastSeenAt).toBe(true);
      expect(finding.changes.length).toBeGreaterThan(0);
    });
  });

  it("counts a return exactly when drift follows a resolution", () => {
    forEachScan(({ before, at, step }) => {
      const isReturn = before?.status === "resolved" && at.outcome.is === "drifting";
      expect(step.finding.recurrence).toBe((before?.recurrence ?? 0) + (isReturn ? 1 : 0));
    });
  });

  it("moves nothing twice", () => {
    forEachScan(({ at, step }) => {
      expect(scan(step.finding, at)?.transitions ?? []).toEqual([]);
    });
  });

  it("continues each transition from the status before it", () => {
    forEachScan(({ before, step }) => {
      let status = before?.status ?? null;
      for (const { from, to } of step.transitions) {
        expect(from).toBe(status);
        status = to;
      }
      expect(status).toBe(step.finding.status);
    });
  });
});
