import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostKindFacts } from "../connectors/host/kinds/facts.ts";
import { type Machine, startMachine } from "../testing/machine.ts";
import { declareIn, type MachineScan, scanIn } from "../testing/machine-repository.ts";
import { describeWith } from "../testing/requirements.ts";
import { allCases } from "./testing/attribute-cases/all-cases.ts";
import type { AttributeCase } from "./testing/attribute-cases/attribute-case.ts";
import { crontab, JOB, jobId } from "./testing/attribute-cases/cron.ts";
import { type PlacedCase, type Round, roundsOf } from "./testing/attribute-rounds.ts";

/** A job's user and command are its id: who changes one has removed one job and added another. So it is with rules of sudo, and keys. */
const PART_OF_THE_ID = [
  "host/cron-job /user",
  "host/cron-job /command",
  "host/authorized-key /algorithm",
  "host/authorized-key /bits",
  "host/sudo-rule /user",
  "host/sudo-rule /hosts",
  "host/sudo-rule /run_as",
  "host/sudo-rule /command",
  // When a latent drift comes into force follows from what differs.
  "host/latent-drift /when",
  // Only rpm keeps several versions of a package: `managers.test.ts` reads what it prints of them.
  "host/package /also_installed",
  // Masking a unit hides all else of it.
  "host/service /masked",
  "host/timer /masked",
];

/** This machine is not connected to: `fleet.test.ts` changes the key of another one. */
const OF_A_CONNECTION = ["host/ssh-identity /host_key"];

/** The kernel under these machines may have no modules at all: `kernel-module.test.ts` reads the list of one that has. */
const OF_ANOTHER_KERNEL = ["host/kernel-module /loaded", "host/kernel-module /taints"];

/** What only the connector reads: no change of it is drift. */
const NEVER_COMPARED = ["host/file /content"];

describe("every attribute that leeway kinds prints", () => {
  it("has a case here", () => {
    // Evidence is shown and never compared: no change of it is reported.
    const known = hostKindFacts.flatMap(({ kind, attributes }) =>
      attributes.filter(({ roles }) => roles?.includes("evidence") !== true).map(({ path }) => `${kind} ${path}`),
    );
    const tried = Object.entries(allCases).flatMap(([kind, cases]) =>
      Object.keys(cases).map((path) => `${kind} ${path}`),
    );
    expect([...tried, ...PART_OF_THE_ID, ...OF_A_CONNECTION, ...OF_ANOTHER_KERNEL, ...NEVER_COMPARED].sort()).toEqual(
      known.sort(),
    );
  });
});

const rounds = roundsOf(allCases);
/** All of a round: its scripts and two scans, on a machine that has much else to do. */
const ROUND_MS = 600_000;
const numbered = rounds.map((round, index) => [index + 1, round] as const);

describeWith("machine", "a scan of a machine", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine();
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  describe.each(numbered)("in round %i", (_, round) => {
    let tried: TriedRound;
    beforeAll(async () => {
      tried = await tryRound(machine, round);
    }, ROUND_MS);

    it.each(round.map((each) => [each.kind, each.path, each] as const))(
      "reports a change of %s %s, and nothing else",
      (_kind, _path, each) => {
        const { failed, before, after } = tried;
        if (failed.has(each)) throw failed.get(each);
        const { path, one } = each;
        const changed = [one.changed ?? path, ...(one.also ?? [])].sort();
        expect(
          { before: reportedOf(each, before), after: reportedOf(each, after) },
          `Beside ${round.map((other) => `${other.kind} ${other.path}`).join(", ")}: what its scripts share with those stands in "touches"`,
        ).toEqual({ before: [], after: [["changed", "out-of-band", ...changed]] });
      },
    );

    it("exits with 0 and then with 1, and reports no other resource", () => {
      const { failed, before, after } = tried;
      const others = ({ findings }: MachineScan) =>
        findings.filter((finding) => !round.some((each) => !failed.has(each) && isOf(each, finding)));
      expect([before.exitCode, others(before), after.exitCode, others(after)]).toEqual([0, [], 1, []]);
    });
  });

  it.each([
    ["user", "5 4 * * * nobody /usr/bin/backup"],
    ["command", "5 4 * * * root /usr/bin/other"],
  ])("reports a changed %s of a cron job as that job missing and another one there", async (_, line) => {
    const sh = (script: string) => machine.must(["sh", "-c", script]);
    await sh(crontab("5 4 * * * root /usr/bin/backup"));
    const job = { kind: "host/cron-job", id: jobId, attributes: JOB };
    await declareIn(machine, [job], "host/cron-job:/etc/cron.d/backup#*");
    expect(await scanIn(machine)).toMatchObject({ exitCode: 0, findings: [] });
    await sh(crontab(line));
    const { findings } = await scanIn(machine);
    expect(findings.map(({ drift }) => drift).sort()).toEqual(["missing", "unmanaged"]);
  });
});

interface TriedRound {
  readonly before: MachineScan;
  readonly after: MachineScan;
  /** The cases whose scripts failed, each with why. */
  readonly failed: ReadonlyMap<PlacedCase, unknown>;
}

/** One repository for all of the round: the machine is brought to what is declared, scanned, changed, and scanned again. */
async function tryRound(machine: Machine, round: Round): Promise<TriedRound> {
  const failed = new Map<PlacedCase, unknown>();
  const runAll = async (script: (one: AttributeCase) => string) => {
    for (const each of round.filter((one) => !failed.has(one))) {
      await machine.must(["sh", "-c", script(each.one)]).catch((error: unknown) => failed.set(each, error));
    }
  };
  await runAll(({ before }) => before);
  await declareIn(
    machine,
    round.filter((each) => !failed.has(each)).map(({ kind, one }) => ({ kind, id: one.id, attributes: one.declared })),
  );
  const before = await scanIn(machine);
  await runAll(({ change }) => change);
  return { before, after: await scanIn(machine), failed };
}

/** What a scan says of a case's resource: each finding with the paths that changed, or why it could not be checked. */
function reportedOf(each: PlacedCase, { findings, unchecked }: MachineScan): readonly (readonly string[])[] {
  return [
    ...findings
      .filter((finding) => isOf(each, finding))
      .map(({ drift, cause, changes }) => [drift, cause, ...changes.map(({ path }) => path).sort()]),
    ...unchecked.filter((one) => isOf(each, one)).map(({ detail }) => ["unchecked", detail]),
  ];
}

function isOf({ kind, one }: PlacedCase, reported: { readonly kind: string; readonly resource: string }): boolean {
  return kind === reported.kind && one.id === reported.resource;
}
