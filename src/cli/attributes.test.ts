import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { hostKindFacts } from "../connectors/host/kinds/facts.ts";
import { type Machine, REPOSITORY, startMachine } from "../testing/machine.ts";
import { describeWith } from "../testing/requirements.ts";
import { allCases } from "./testing/attribute-cases/all-cases.ts";
import type { AttributeCase } from "./testing/attribute-cases/attribute-case.ts";
import { crontab, JOB, jobId } from "./testing/attribute-cases/cron.ts";

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
];

/** This machine is not connected to: `fleet.test.ts` changes the key of another one. */
const OF_A_CONNECTION = ["host/ssh-identity /host_key"];

/** What only the connector reads: no change of it is drift. */
const NEVER_COMPARED = ["host/file /content"];

const LEEWAY = `node ${REPOSITORY}/dist/cli/main.js`;

describe("every attribute that leeway kinds prints", () => {
  it("has a case here", () => {
    // Evidence is shown and never compared: no change of it is reported.
    const known = hostKindFacts.flatMap(({ kind, attributes }) =>
      attributes.filter(({ roles }) => roles?.includes("evidence") !== true).map(({ path }) => `${kind} ${path}`),
    );
    const tried = Object.entries(allCases).flatMap(([kind, cases]) =>
      Object.keys(cases).map((path) => `${kind} ${path}`),
    );
    expect([...tried, ...PART_OF_THE_ID, ...OF_A_CONNECTION, ...NEVER_COMPARED].sort()).toEqual(known.sort());
  });
});

describeWith("machine", "a scan of a machine", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);

  /** A repository that declares just this; the store is new each time. */
  async function declare(
    kind: string,
    { id, declared }: Pick<AttributeCase, "id" | "declared">,
    scope?: string,
  ): Promise<void> {
    const document = stringify({ kind, id, attributes: declared });
    const config = stringify({
      version: 1,
      targets: {
        here: {
          connector: "host",
          desired: "desired",
          ...(scope === undefined ? {} : { scope: { include: [scope] } }),
        },
      },
    });
    await sh("rm -rf /srv/ops && mkdir -p /srv/ops/desired && cd /srv/ops && git init --quiet");
    await machine.must(["tee", "/srv/ops/leeway.yaml"], { input: config });
    await machine.must(["tee", "/srv/ops/desired/one.yaml"], { input: document });
    await sh(
      "cd /srv/ops && printf '.leeway/\\n' > .gitignore && git add --all && git -c user.name=T -c user.email=t@example.com commit --quiet --message one",
    );
  }

  async function scan(): Promise<{
    exitCode: number;
    findings: readonly { drift: string; cause: string; changes: readonly { path: string }[] }[];
  }> {
    const { exitCode, stdout, stderr } = await machine.run(["sh", "-c", `cd /srv/ops && ${LEEWAY} scan --format json`]);
    expect(stderr).toBe("");
    return { exitCode, ...(JSON.parse(stdout) as { findings: never[] }) };
  }

  beforeAll(async () => {
    machine = await startMachine();
    await sh("git config --global safe.directory '*'");
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  const all = Object.entries(allCases).flatMap(([kind, cases]) =>
    Object.entries(cases).map(([path, one]) => [kind, path, one] as const),
  );

  it.each(all)("reports a change of %s %s, and nothing else", async (kind, path, one) => {
    await sh(one.before);
    await declare(kind, one);
    expect(await scan()).toMatchObject({ exitCode: 0, findings: [] });
    await sh(one.change);
    const { exitCode, findings } = await scan();
    const changed = [one.changed ?? path, ...(one.also ?? [])].sort();
    expect(
      findings.map(({ drift, cause, changes }) => [drift, cause, ...changes.map((change) => change.path).sort()]),
    ).toEqual([["changed", "out-of-band", ...changed]]);
    expect(exitCode).toBe(1);
  });

  it.each([
    ["user", "5 4 * * * nobody /usr/bin/backup"],
    ["command", "5 4 * * * root /usr/bin/other"],
  ])("reports a changed %s of a cron job as that job missing and another one there", async (_, line) => {
    await sh(crontab("5 4 * * * root /usr/bin/backup"));
    await declare("host/cron-job", { id: jobId, declared: JOB }, "host/cron-job:/etc/cron.d/backup#*");
    expect(await scan()).toMatchObject({ exitCode: 0, findings: [] });
    await sh(crontab(line));
    const { findings } = await scan();
    expect(findings.map(({ drift }) => drift).sort()).toEqual(["missing", "unmanaged"]);
  });
});
