import { expect } from "vitest";
import { stringify } from "yaml";
import type { JsonObject } from "../model/json.ts";
import { askIn } from "./ask-in.ts";
import type { Machine } from "./machine.ts";

/** What is declared of one resource. */
export interface DeclaredResource {
  readonly kind: string;
  readonly id: string;
  readonly attributes: JsonObject;
}

/** What a test needs of the JSON report. */
export interface MachineScan {
  readonly exitCode: number;
  readonly findings: readonly ScannedFinding[];
  readonly unchecked: readonly { readonly kind: string; readonly resource: string; readonly detail: string }[];
}

export interface ScannedFinding {
  readonly kind: string;
  readonly resource: string;
  readonly drift: string;
  readonly cause: string;
  readonly changes: readonly { readonly path: string }[];
}

const FOLDER = "/srv/ops";

/** Makes a repository in a machine that declares just these, in the place of the one before; its store is new. */
export async function declareIn(machine: Machine, all: readonly DeclaredResource[], scope?: string): Promise<void> {
  const here = {
    connector: "host",
    desired: "desired",
    ...(scope === undefined ? {} : { scope: { include: [scope] } }),
  };
  const documents = all.map((one) => stringify(one));
  await machine.must(["sh", "-c", `rm -rf ${FOLDER} && mkdir -p ${FOLDER}/desired && git init --quiet ${FOLDER}`]);
  await machine.must(["tee", `${FOLDER}/leeway.yaml`], { input: stringify({ version: 1, targets: { here } }) });
  await machine.must(["tee", `${FOLDER}/desired/all.yaml`], { input: documents.join("---\n") });
  await machine.must([
    "sh",
    "-c",
    `cd ${FOLDER} && printf '.leeway/\\n' > .gitignore && git config --global safe.directory '*' && git add --all && git -c user.name=T -c user.email=t@example.com commit --quiet --message one`,
  ]);
}

/** Scans a machine by what was last declared in it, with the program as it was built, though without a process for each scan. */
export async function scanIn(machine: Machine): Promise<MachineScan> {
  const line = await askIn(machine, "run-inside", { args: ["scan", "--format", "json"], cwd: FOLDER });
  const { exitCode, stdout, stderr } = JSON.parse(line);
  expect(stderr).toBe("");
  // The report's schema is proven elsewhere; whoever reads it here compares it with what is expected.
  return { ...(JSON.parse(stdout) as Omit<MachineScan, "exitCode">), exitCode };
}
