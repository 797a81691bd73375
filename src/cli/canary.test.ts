import { readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configOf, type Outcome, type Scene, startScene } from "./testing/run-leeway.ts";
import { keptFiles, untilStaged } from "./testing/store-state.ts";

/** Found nowhere by chance. The later ones are values of production that nobody wrote into any variable. */
const DECLARED = "canary-declared-8f41b2";
const MATCHING = "canary-matching-1c77d0";
const DRIFTED = "canary-drifted-e9035a";
const DRIFTED_AGAIN = "canary-again-52ac6f";
const KEY = "canary-key-0d9b64f3a1c25e78";
const CANARIES = [DECLARED, MATCHING, DRIFTED, DRIFTED_AGAIN, KEY];
const SECRETS = { DECLARED, MATCHING, LEEWAY_KEY: KEY };
const FORMATS = ["human", "json", "sarif", "junit", "markdown", "html"];

function documentOf(scene: Scene, name: string): string {
  return `kind: host/file\nid: ${join(scene.tree, name)}\nattributes: { type: link, link_target: { $secret: "\${${name.toUpperCase()}}" } }\n`;
}

function link(scene: Scene, name: string, target: string): void {
  rmSync(join(scene.tree, name), { force: true });
  symlinkSync(target, join(scene.tree, name));
}

function expectNoCanary(where: string, text: string | Buffer): void {
  for (const canary of CANARIES)
    for (const form of [canary, Buffer.from(canary).toString("base64").slice(0, -4), encodeURIComponent(canary)])
      expect(text.includes(form), `${where} holds ${canary}`).toBe(false);
}

/** Undefined for whoever may not read it: only root may read keys of the kernel. */
function readIfAllowed(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

function expectSafe(scene: Scene, { stdout, stderr }: Outcome): void {
  expectNoCanary("standard output", stdout);
  expectNoCanary("standard error", stderr);
  for (const [path, bytes] of keptFiles(scene)) expectNoCanary(path, bytes);
}

describe("secrets", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene({ files: {}, captured: false });
    link(scene, "declared", DRIFTED);
    link(scene, "matching", MATCHING);
    scene.write("desired/links.yaml", `${documentOf(scene, "declared")}---\n${documentOf(scene, "matching")}`);
    scene.commit();
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it.each(FORMATS)("stand in no report of the format %s, where they match and where they drift", async (format) => {
    const outcome = await scene.leeway(["scan", "--explain", "--format", format], { env: SECRETS });
    expect([outcome.exitCode, outcome.stderr]).toEqual([1, ""]);
    expect(outcome.stdout).toContain(join(scene.tree, "declared"));
    expectSafe(scene, outcome);
  });

  it("are told apart all the same: one matches, one drifts, and it drifts again", async () => {
    const digests = async () => {
      const { stdout } = await scene.inside(["scan", "--format", "json"], { env: SECRETS });
      const { findings } = JSON.parse(stdout) as {
        readonly findings: readonly {
          readonly resource: string;
          readonly changes: readonly { readonly actual: Readonly<Record<string, string>> }[];
        }[];
      };
      expect(findings.map(({ resource }) => resource)).toEqual([join(scene.tree, "declared")]);
      return findings[0]?.changes[0]?.actual["$digest"];
    };
    const before = await digests();
    expect(before).toMatch(/^hmac-sha256:/);
    link(scene, "declared", DRIFTED_AGAIN);
    expect(readlinkSync(join(scene.tree, "declared"))).toBe(DRIFTED_AGAIN);
    expect(await digests()).not.toBe(before);
  });

  it("stand in nothing that another command shows of the finding", async () => {
    const list = await scene.inside(["findings", "--format", "json"], { env: SECRETS });
    expectSafe(scene, list);
    const id = /f_[a-z2-7]{12}/.exec(list.stdout)?.[0] ?? "none";
    for (const args of [
      ["show", id],
      ["show", id, "--format", "json"],
      ["history", `host/file:${join(scene.tree, "declared")}`],
      ["coverage"],
      ["ack", id, "--reason", "known"],
      ["audit"],
    ]) {
      const outcome = await scene.inside(args, { env: SECRETS });
      expect([args, outcome.exitCode]).toEqual([args, 0]);
      expectSafe(scene, outcome);
    }
  });

  it("stand in no file that a killed scan leaves behind", async () => {
    link(scene, "declared", DRIFTED);
    for (let index = 0; index < 1500; index++) scene.put(`many/${index}`);
    await using run = scene.start(["scan"], { env: SECRETS });
    await untilStaged(scene, run);
    run.child.kill("SIGKILL");
    const outcome = await run.outcome;
    expect(outcome.exitCode).toBeNull();
    expect([...keptFiles(scene).keys()].some((path) => path.endsWith("-wal"))).toBe(true);
    expectSafe(scene, outcome);
  });

  it("of the machine itself become digests, in what capture writes and in what scan reports", async () => {
    await using machine = await startScene({ files: {}, captured: false });
    const id = "net.ipv4.tcp_fastopen_key";
    machine.write("leeway.yaml", configOf(machine).replace(/scope: .*/, `scope: { include: ["host/sysctl:${id}"] }`));
    const actual = readIfAllowed("/proc/sys/net/ipv4/tcp_fastopen_key");
    expect((await machine.inside(["capture", "here"], { env: SECRETS })).exitCode).toBe(0);
    if (actual !== undefined) {
      const captured = readFileSync(join(machine.repo, "desired/local/sysctl.yaml"), "utf8");
      expect(captured).toContain('"$digest": "hmac-sha256:');
      expect(captured).not.toContain(actual);
      machine.commit();
      expect((await machine.inside(["scan"], { env: SECRETS })).exitCode).toBe(0);
      machine.git("rm", "--quiet", "desired/local/sysctl.yaml");
    }
    machine.write(
      "desired/key.yaml",
      `kind: host/sysctl\nid: ${id}\nattributes: { value: { $secret: "\${DECLARED}" } }\n`,
    );
    machine.commit();
    const outcome = await machine.inside(["scan", "--format", "json", "--explain"], { env: SECRETS });
    expect(outcome.exitCode).toBe(actual === undefined ? 3 : 1);
    expectSafe(machine, outcome);
    if (actual === undefined) return;
    expect(outcome.stdout).not.toContain(actual);
    for (const bytes of keptFiles(machine).values()) expect(bytes.includes(actual)).toBe(false);
  });

  it("stand in no error", async () => {
    const hosts = `    settings: { hosts: ["\${DECLARED}"] }\n`;
    const desired = (source: string) => (text: string) => text.replace("desired: desired", `desired: ${source}`);
    const cases: readonly ((text: string) => string)[] = [
      (text) => text.replace("    desired: desired\n", `    desired: desired\n${hosts}`),
      desired(`{ git: "file:///\${DECLARED}/none" }`),
      desired(`{ git: "https://\${DECLARED}@127.0.0.1:9/none" }`),
      desired(`{ path: desired, ref: "\${DECLARED}" }`),
      desired(`"\${DECLARED}"`),
      desired(`{ path: desired, format: "\${DECLARED}" }`),
    ];
    for (const change of cases) {
      scene.write("leeway.yaml", change(configOf(scene)));
      const outcome = await scene.inside(["scan"], { env: SECRETS });
      expect(outcome.exitCode).toBe(2);
      expect(outcome.stderr).toMatch(/^error\[/);
      expectSafe(scene, outcome);
    }
    scene.write("leeway.yaml", configOf(scene));
    const short = await scene.inside(["scan"], { env: { ...SECRETS, LEEWAY_KEY: "canary-key" } });
    expect([short.exitCode, short.stdout]).toEqual([2, ""]);
    expect(short.stderr).toContain("LEEWAY_KEY");
    expect(short.stderr).not.toContain("canary-key");
  });
});
