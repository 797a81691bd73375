import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { type Machine, REPOSITORY, startMachine } from "../testing/machine.ts";
import { describeWith } from "../testing/requirements.ts";
import { harmlessChanges } from "./testing/host-scene/harmless-changes.ts";
import { outOfBandChanges, type Verdict } from "./testing/host-scene/out-of-band-changes.ts";
import { BY_HAND, bothWays, CERTIFICATES, SET_UP, SHOP_CONFIG } from "./testing/host-scene/set-up.ts";

const LEEWAY = `node ${REPOSITORY}/dist/cli/main.js`;
/** A scan of a whole host, twice, on a machine that has much else to do. */
const SLOW_MS = 900_000;

interface Report {
  readonly targets: readonly { readonly name: string; readonly verdict: string }[];
  readonly findings: readonly (Omit<Verdict, "paths"> & {
    readonly target: string;
    readonly id: string;
    readonly changes: readonly { readonly path: string }[];
  })[];
  readonly unchecked: readonly unknown[];
}

describeWith("machine", "a host with all that a shop needs, locally and over SSH", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-ec", script], { timeoutMs: SLOW_MS });
  const write = (file: string, text: string) => machine.must(["tee", file], { input: text });
  const leeway = (args: string) =>
    machine.run(["sh", "-c", `cd /srv/ops && exec ${LEEWAY} ${args}`], { timeoutMs: SLOW_MS });
  const commit = () => sh("cd /srv/ops && git add --all && git commit --quiet --message state");

  async function scan(): Promise<Report & { readonly exitCode: number; readonly stderr: string }> {
    const { stdout, stderr, exitCode } = await leeway("scan --format json");
    expect(stdout, stderr).not.toBe("");
    // The program prints its report and nothing else.
    return { ...(JSON.parse(stdout) as Report), stderr, exitCode };
  }

  async function expectInSync(warning?: string): Promise<void> {
    const { targets, findings, unchecked, exitCode, stderr } = await scan();
    expect({ findings, unchecked }).toEqual({ findings: [], unchecked: [] });
    expect(stderr).toEqual(warning === undefined ? "" : expect.stringContaining(warning));
    expect(targets).toMatchObject([
      { name: "here", verdict: "in-sync" },
      { name: "there", verdict: "in-sync" },
    ]);
    expect(exitCode).toBe(0);
  }

  /** @returns what was written, as one text */
  async function capture(target: string): Promise<string> {
    await sh("rm -rf /srv/ops/desired");
    const { exitCode, stderr } = await leeway(`capture ${target}`);
    expect({ exitCode, missed: stderr.match(/^not captured.*$/gm) }).toEqual({ exitCode: 0, missed: null });
    return await sh("cd /srv/ops/desired && tail -n +1 */*");
  }

  beforeAll(async () => {
    machine = await startMachine({ detached: true });
    await sh(SET_UP);
    for (const [file, text] of Object.entries(CERTIFICATES)) await write(file, text);
  }, SLOW_MS);
  afterAll(() => machine[Symbol.asyncDispose]());

  it(
    "is in sync after capture of all that init proposes, again, and after a reboot",
    async () => {
      expect(await leeway("init --yes")).toMatchObject({ exitCode: 0 });
      const proposed = parse(await sh("cat /srv/ops/leeway.yaml"));
      await write("/srv/ops/leeway.yaml", bothWays(proposed.targets["this-machine"].scope));
      expect(await capture("there")).toEqual(await capture("here"));
      await commit();
      await expectInSync();
      await expectInSync();
      await machine.reboot();
      await expectInSync();
    },
    SLOW_MS,
  );

  it(
    "shows thirty changes, each for what it is, and none of what changes nothing",
    async () => {
      await sh("cd /srv/ops && rm -rf .leeway");
      await write("/srv/ops/leeway.yaml", SHOP_CONFIG);
      await capture("here");
      await write("/srv/ops/desired/by-hand.yaml", BY_HAND);
      await commit();
      await expectInSync("An ignore rule folded nothing");

      expect(Object.keys(harmlessChanges).length).toBeGreaterThanOrEqual(15);
      for (const script of Object.values(harmlessChanges)) await sh(script);
      await expectInSync();

      expect(outOfBandChanges.length).toBe(30);
      for (const { script } of outOfBandChanges) await sh(script);
      const { findings, unchecked, exitCode } = await scan();
      const expected = outOfBandChanges.map(({ verdict }) => verdict).sort(byResource);
      expect(
        findings
          .filter(({ target }) => target === "here")
          .map(verdictOf)
          .sort(byResource),
      ).toEqual(expected);
      expect(findings.filter(({ target }) => target === "there").map(withoutTarget)).toEqual(
        findings.filter(({ target }) => target === "here").map(withoutTarget),
      );
      expect(unchecked).toEqual([]);
      expect(exitCode).toBe(1);
    },
    SLOW_MS,
  );
});

type Finding = Report["findings"][number];

/** The ids of some resources hold digests of keys that are made anew each time: those are compared by the part that does not. */
function verdictOf({ kind, resource, drift, severity, type, changes }: Finding): Verdict {
  const paths = changes
    .map(({ path }) => path)
    .filter((path) => path !== "")
    .sort();
  return { kind, resource: resource.replace(/SHA256:\S+$|#[0-9a-f]{8}$/, "*"), drift, severity, type, paths };
}

/** Each target was looked at in its own moment. */
const OF_THE_TARGET = new Set(["target", "id", "firstSeenAt", "lastSeenAt", "sinceAt"]);

function withoutTarget(finding: Finding): unknown {
  return Object.fromEntries(Object.entries(finding).filter(([name]) => !OF_THE_TARGET.has(name)));
}

function byResource(left: Verdict, right: Verdict): number {
  return `${left.kind} ${left.resource}` < `${right.kind} ${right.resource}` ? -1 : 1;
}
