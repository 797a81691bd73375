import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChild } from "../store/fixtures/children.ts";
import { configOf, type RunOptions, type Scene, startScene } from "./testing/run-leeway.ts";
import { storeState, untilStaged } from "./testing/store-state.ts";

/** A kernel parameter that must not be read: reading it makes the kernel recount. Unchecked whoever asks. */
const UNREADABLE = "kind: host/sysctl\nid: vm.stat_refresh\nattributes: { value: '0' }\n";
/** Root without the right to read what its mode denies; whoever else runs the tests has none to lose. */
const DENIED: RunOptions =
  process.getuid?.() === 0 ? { under: ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] } : {};

describe("the exit code of leeway scan", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene({ files: { "app.cfg": "a\n", other: "b\n" } });
    scene.write("desired/unreadable.yaml", UNREADABLE);
    scene.commit();
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it("is 3 when something could not be checked, and 1 when there is drift beside it", async () => {
    const incomplete = await scene.leeway(["scan"]);
    expect([incomplete.exitCode, incomplete.stderr]).toEqual([3, ""]);
    expect(scene.normalise(incomplete.stdout)).toMatchInlineSnapshot(`
      "here  incomplete: something could not be checked  host · commit <commit> · <time>, <duration>

      Not checked: nothing is known of these
        here, unsupported: it cannot be read there (1)
          host/sysctl vm.stat_refresh at local: Cannot read "vm.stat_refresh": reading it sets the kernel off

      Coverage
        here: 3 declared · 2 checked · 1 unchecked · 0 unmanaged · 0 folded · 0 known gaps (incomplete: something could not be checked)

      No drift found in what was checked, 1 unchecked
      Next: see why nothing is known of what is unchecked (leeway permissions TARGET lists the rights it takes), and scan again
      "
    `);
    scene.put("app.cfg", "drifted\n");
    const drifted = await scene.leeway(["scan"]);
    expect([drifted.exitCode, drifted.stderr]).toEqual([1, ""]);
    expect(drifted.stdout).toContain("vm.stat_refresh");
    const never = await scene.leeway(["scan", "--fail-on", "never"]);
    expect([never.exitCode, never.stderr]).toEqual([3, ""]);
    scene.put("app.cfg", "a\n");
  });

  it("is 3, and no file counts as missing, for whoever may not read them", async () => {
    await using closed = await startScene({ captured: false });
    closed.put("app.cfg", "a\n", 0o000);
    chmodSync(join(closed.tree, "etc"), 0o000);
    await closed.inside(["capture", "here"]);
    closed.commit();
    const { stdout, stderr, exitCode } = await closed.leeway(["scan", "--format", "json"], DENIED);
    expect([exitCode, stderr]).toEqual([3, ""]);
    const report = JSON.parse(stdout) as {
      readonly findings: readonly unknown[];
      readonly unchecked: readonly {
        readonly resource: string;
        readonly path: string | null;
        readonly reason: string;
      }[];
    };
    expect(report.findings).toEqual([]);
    expect(
      report.unchecked.map(({ resource, path, reason }) => [resource.slice(closed.tree.length), path, reason]),
    ).toMatchInlineSnapshot(`
      [
        [
          "/app.cfg",
          "/sha256",
          "denied",
        ],
        [
          "/etc/limits",
          null,
          "denied",
        ],
        [
          "/etc/**",
          null,
          "denied",
        ],
        [
          "/etc/**",
          null,
          "denied",
        ],
      ]
    `);
  });

  it.each([
    ["an option that does not exist", ["scan", "--everything"]],
    ["a target that does not exist", ["scan", "elsewhere"]],
    ["a wrong configuration", ["scan", "--config", "desired/unreadable.yaml"]],
    [
      "a wrong configuration and --fail-on never",
      ["scan", "--config", "desired/unreadable.yaml", "--fail-on", "never"],
    ],
    ["a command that does not exist", ["scna"]],
  ])("is 2 for %s, with nothing on standard output", async (_, args) => {
    const { stdout, stderr, exitCode } = await scene.leeway(args);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error/);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it.each(["", "--help"])("is 0 for help (%j), which ends with the contract", async (flag) => {
    const { stdout, exitCode } = await scene.leeway(["scan", "--help", flag].filter(Boolean));
    expect(exitCode).toBe(0);
    expect(stdout.slice(stdout.indexOf("Exit codes:"))).toMatchInlineSnapshot(`
      "Exit codes:
        0    done; for scan: in sync, or nothing at or above --fail-on
        1    scan: drift at or above --fail-on
        2    wrong configuration or use, not done, or no target could be opened
        3    scan: something could not be checked (and no drift that counts)
        130  interrupted by Ctrl-C
      "
    `);
  });
});

describe("a decision on a finding", () => {
  let scene: Scene;
  let id: string;
  beforeAll(async () => {
    scene = await startScene({ files: { "app.cfg": "a\n" } });
    scene.put("app.cfg", "drifted\n");
    const { stdout, exitCode } = await scene.inside(["scan", "--format", "json"]);
    expect(exitCode).toBe(1);
    id = /f_[a-z2-7]{12}/.exec(stdout)?.[0] ?? "none";
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it("keeps it from counting: acknowledged, snoozed or accepted; and it counts again when reopened", async () => {
    for (const args of [["ack"], ["snooze", "--until", "30d"], ["accept", "--until", "30d"]]) {
      expect((await scene.inside([...args, id, "--reason", "known"])).exitCode).toBe(0);
      const { stdout, stderr, exitCode } = await scene.inside(["scan"]);
      expect([args, exitCode, stderr]).toEqual([args, 0, ""]);
      expect(stdout).toContain(id);
    }
    expect((await scene.inside(["reopen", id, "--reason", "not known"])).exitCode).toBe(0);
    expect((await scene.inside(["scan"])).exitCode).toBe(1);
  });

  it("covers what it was made on, and nothing that drifts later", async () => {
    expect((await scene.inside(["accept", id, "--reason", "known", "--until", "30d"])).exitCode).toBe(0);
    scene.put("app.cfg", "drifted further\n");
    expect((await scene.inside(["scan"])).exitCode).toBe(1);
  });
});

describe("a finding within its grace", () => {
  it("counts, unless --respect-grace asks for it", async () => {
    await using scene = await startScene({
      files: { "app.cfg": "a\n" },
      config: (made) => configOf(made, { target: "    grace: 1h\n" }),
    });
    scene.put("app.cfg", "drifted\n");
    const counted = await scene.inside(["scan"]);
    expect([counted.exitCode, counted.stderr]).toEqual([1, ""]);
    expect(counted.stdout).toContain("pending");
    const respected = await scene.inside(["scan", "--respect-grace"]);
    expect([respected.exitCode, respected.stderr]).toEqual([0, ""]);
    expect(respected.stdout).toContain("pending");
  });
});

describe("Ctrl-C", () => {
  const MANY = 1500;
  /** One that observes everything, and so has a middle. */
  const LONG = ["scan", "--explain"];
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene({
      files: Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`d${index % 50}/f${index}`, `${index}\n`])),
    });
    scene.put("d1/f1", "drifted\n");
    expect((await scene.leeway(["scan"])).exitCode).toBe(1);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it.each(["SIGINT", "SIGTERM"] as const)(
    "by %s in the middle of a scan ends it with 130 and keeps nothing of it",
    async (signal) => {
      const before = await storeState(scene);
      scene.put("d2/f2", "drifted\n");
      await using run = scene.start(LONG);
      await untilStaged(scene, run);
      run.child.kill(signal);
      expect(await run.outcome).toEqual({
        stdout: "",
        stderr: "Interrupted: nothing of what was under way is kept\n",
        exitCode: 130,
      });
      expect(withoutAbandoned(await storeState(scene))).toEqual(withoutAbandoned(before));
      scene.put("d2/f2", "2\n");
      const next = await scene.leeway(["scan", "--wait", "0s"]);
      expect([next.exitCode, next.stderr]).toEqual([1, ""]);
    },
  );

  it("pressed twice ends it at once, and the next scan waits for nobody", async () => {
    const before = await storeState(scene);
    await using run = scene.start(LONG);
    await untilStaged(scene, run);
    run.child.kill("SIGINT");
    run.child.kill("SIGINT");
    expect(await run.outcome).toMatchObject({ stdout: "", exitCode: 130 });
    expect(withoutAbandoned(await storeState(scene))).toEqual(withoutAbandoned(before));
    const next = await scene.leeway(["scan", "--wait", "0s"]);
    expect([next.exitCode, next.stderr]).toEqual([1, ""]);
  });

  it("ends the waiting for another process", async () => {
    await using holder = startChild("hold-lease", [scene.storeFile, "here"]);
    await holder.says("holding");
    const interrupt = new AbortController();
    await using run = scene.start(["scan"], { signal: interrupt.signal });
    await run.saysOnStderr("Waiting for target");
    interrupt.abort();
    const { stdout, stderr, exitCode } = await run.outcome;
    expect([exitCode, stdout]).toEqual([130, ""]);
    expect(stderr).toMatch(/^Waiting for target .*\nInterrupted: nothing of what was under way is kept\n$/);
  });

  it("leaves no report where one was to be written", async () => {
    await using run = scene.start([...LONG, "--output", "../report.html"]);
    await untilStaged(scene, run);
    run.child.kill("SIGINT");
    expect((await run.outcome).exitCode).toBe(130);
    expect(existsSync(join(scene.root, "report.html"))).toBe(false);
  });
});

/** That a scan was begun and not finished is kept, on purpose. */
function withoutAbandoned(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state, (key, value) => (key === "abandonedSince" ? null : value)));
}
