import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChild } from "../store/fixtures/children.ts";
import { readOnlyFolder } from "../store/fixtures/disks.ts";
import { configOf, type Outcome, type Scene, startScene } from "./testing/run-leeway.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const FINDING_ID = /\bf_[a-z2-7]{12}\b/g;

/** What the person at the terminal sees, with the volatile parts named. */
function seen(scene: Scene, { stdout, stderr, exitCode }: Outcome): string {
  return scene.normalise(`${stdout}--- stderr\n${stderr}--- exit code ${exitCode}`);
}

describe("leeway scan", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene();
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it("of what is as declared says so, and exits with 0", async () => {
    expect(seen(scene, await scene.leeway(["scan"]))).toMatchInlineSnapshot(`
      "✓ Production is as declared at commit <commit>
        here: 6 declared · 6 checked · 0 unchecked · 0 unmanaged · 0 folded · 0 known gaps
      Nothing to do
      --- stderr
      --- exit code 0"
    `);
  });

  it("of what drifted shows each finding, the most severe first, and exits with 1", async () => {
    await using drifted = await startScene();
    drifted.put("app.cfg", "port = 9090\n");
    drifted.put("unknown");
    rmSync(join(drifted.tree, "etc/limits"));
    expect(seen(drifted, await drifted.leeway(["scan"]))).toMatchInlineSnapshot(`
      "here  drifted  host · commit <commit> · <time>, <duration>

        ● warning functional  The content of <scene>/tree/app.cfg has changed
          <finding-1>  host/file <scene>/tree/app.cfg at local
          changed, unrecorded: it was never seen in sync, so nobody knows which side moved
            /sha256
              − "37107a4e5ea873399e16cc41781ede69752273d4232675d990fda44a0603dfa2"
              + "04c5e951fe9c4202fb28a0a2dc63c126bdb20f8f3193bef45aebf7a0994882cb"
          since <time> (<ago>), declared at desired/local/file.yaml:1
          rule host/content-changed

        ● warning functional  host/file <scene>/tree/etc/limits is missing
          <finding-2>  host/file <scene>/tree/etc/limits at local
          missing, unrecorded: it is declared and was never seen there
            declared, and not there
          since <time> (<ago>), declared at desired/local/file.yaml:30

        ● informational functional  host/file <scene>/tree/unknown is there, but not declared
          <finding-3>  host/file <scene>/tree/unknown at local
          unmanaged, orphaned: it is there, and nothing declares it
            there, and not declared
          since <time> (<ago>)

      Coverage
        here: 6 declared · 6 checked · 0 unchecked · 1 unmanaged · 0 folded · 0 known gaps (drifted)

      3 findings: 2 warning, 1 informational
      Next: leeway show <finding-1> tells its story; put production right, or the code; or, where it may stay,
            leeway accept <finding-1> --until 30d --reason "…"
      --- stderr
      --- exit code 1"
    `);
  });

  it("takes the nearest leeway.yaml above, or the one that --config names, and the store that --store names", async () => {
    const inside = await scene.inside(["scan"], { cwd: join(scene.repo, "desired") });
    const elsewhere = ["--config", "repo/leeway.yaml", "--store", "other.db"];
    const outside = await scene.inside(["scan", ...elsewhere], { cwd: scene.root });
    expect([inside, outside].map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(existsSync(join(scene.root, "other.db"))).toBe(true);
  });

  it("with --explain lists what was folded, and without it only counts that", async () => {
    await using folding = await startScene({
      config: (made) =>
        configOf(made, { rest: `ignore:\n  - { id: "${made.tree}/app.cfg", path: /mode, reason: on purpose }\n` }),
    });
    chmodSync(join(folding.tree, "app.cfg"), 0o600);
    const plain = await folding.inside(["scan"]);
    expect([plain.exitCode, plain.stderr]).toEqual([0, ""]);
    expect(plain.stdout).toContain("1 folded");
    expect(plain.stdout).not.toContain("/mode");
    expect(seen(folding, await folding.inside(["scan", "--explain"]))).toMatchInlineSnapshot(`
      "✓ Production is as declared at commit <commit>
        here: 6 declared · 6 checked · 0 unchecked · 0 unmanaged · 1 folded · 0 known gaps
      Folded away: differences that are no drift
        here: host/file <scene>/tree/app.cfg at local /mode: ignored: on purpose

      Nothing to do
      --- stderr
      --- exit code 0"
    `);
  });

  it("reads what is committed and warns about the rest, and what stands there with --working-tree", async () => {
    await using edited = await startScene();
    const file = join(edited.repo, "desired/local/file.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(`mode: "0644"`, `mode: "0600"`));
    expect(seen(edited, await edited.inside(["scan"]))).toMatchInlineSnapshot(`
      "✓ Production is as declared at commit <commit>
        here: 6 declared · 6 checked · 0 unchecked · 0 unmanaged · 0 folded · 0 known gaps
      Warnings
        ! The desired state of target "here" has changes that are not committed and do not count: desired/local/file.yaml; --working-tree uses them

      Nothing to do
      --- stderr
      --- exit code 0"
    `);
    const found = await edited.inside(["scan", "--working-tree", "--format", "json"]);
    expect([found.exitCode, found.stderr]).toEqual([1, ""]);
    expect(JSON.parse(found.stdout)).toMatchObject({
      targets: [{ revision: "working-tree" }],
      findings: [{ changes: [{ path: "/mode", desired: "0600", actual: "0644" }] }],
    });
  });
});

describe("leeway scan --format", () => {
  let scene: Scene;
  let ids: readonly string[];
  beforeAll(async () => {
    scene = await startScene();
    scene.put("app.cfg", "port = 9090\n");
    for (const name of ["one", "two", 'three <&> "four"']) scene.put(name);
    rmSync(join(scene.tree, "etc/limits"));
    const { stdout } = await scene.inside(["scan", "--format", "json"]);
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly id: string }[] };
    ids = findings.map(({ id }) => id).sort();
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it.each(["human", "json", "sarif", "junit", "markdown", "html"])(
    "%s holds every finding, exits with 1, and leaves standard error alone",
    async (format) => {
      const { stdout, stderr, exitCode } = await scene.inside(["scan", "--format", format]);
      expect([exitCode, stderr]).toEqual([1, ""]);
      expect(ids).toHaveLength(5);
      expect([...new Set(stdout.match(FINDING_ID))].sort()).toEqual(ids);
    },
  );

  it("refuses one that does not exist", async () => {
    expect(seen(scene, await scene.inside(["scan", "--format", "xml"]))).toMatchInlineSnapshot(`
      "--- stderr
      error[USAGE]: Cannot run \`leeway scan\`: option '--format <format>' argument 'xml' is invalid. Allowed choices are human, json, sarif, junit, markdown, html
        hint: \`leeway scan --help\` tells what it takes
      --- exit code 2"
    `);
  });

  it.each(["| head -1", "| true"])("ends quietly, and with the code of the scan, when read by %s", async (reader) => {
    const script = `"$0" "$1" scan --format html ${reader} > /dev/null; echo "$\{PIPESTATUS[0]}"`;
    const shell = spawn("bash", ["-c", script, execPath, MAIN], { cwd: scene.repo });
    let stdout = "";
    let stderr = "";
    shell.stdout.on("data", (text) => {
      stdout += text;
    });
    shell.stderr.on("data", (text) => {
      stderr += text;
    });
    await once(shell, "close");
    expect({ stdout, stderr }).toEqual({ stdout: "1\n", stderr: "" });
  });
});

describe("leeway scan --output", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene();
    scene.put("new");
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it("writes the report to the file and nothing on standard output, over what stood there", async () => {
    const file = join(scene.root, "report.json");
    writeFileSync(file, "old");
    const outcome = await scene.inside(["scan", "--format", "json", "--output", "../report.json"]);
    expect(outcome).toEqual({ stdout: "", stderr: "", exitCode: 1 });
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ schema: "leeway.report/v1", findings: [{}] });
    expect(readdirSync(scene.root).sort()).toEqual(["home", "repo", "report.json", "tree"]);
  });

  it("leaves the old report whole, and nothing beside it, where it cannot write", async () => {
    await using folder = await readOnlyFolder(async (path) => writeFileSync(join(path, "report.json"), "old"));
    const outcome = await scene.inside(["scan", "--output", join(folder.path, "report.json")]);
    // Where no file system can be made read-only, permission to write is taken away instead.
    const said = outcome.stderr.replace(/the file system is read-only|permission denied/, "<reason>");
    expect(said.replaceAll(folder.path, "<read-only>")).toMatchInlineSnapshot(`
      "error[WRITE_REFUSED]: Cannot write "<read-only>/report.json": <reason>
        hint: name a file in a folder that is there and that you can write to
      "
    `);
    expect([outcome.exitCode, outcome.stdout]).toEqual([2, ""]);
    expect(readdirSync(folder.path)).toEqual(["report.json"]);
    expect(readFileSync(join(folder.path, "report.json"), "utf8")).toBe("old");
  });

  it.each([
    ["there is no such folder", "nowhere/report.html"],
    ["it is a folder", "desired"],
  ])("says that %s", async (reason, file) => {
    const { stdout, stderr, exitCode } = await scene.inside(["scan", "--output", file]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `error[WRITE_REFUSED]: Cannot write "${file}": ${reason}\n` +
        "  hint: name a file in a folder that is there and that you can write to\n",
    );
    expect(readdirSync(scene.repo).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

describe("leeway scan --only", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene();
    scene.put("app.cfg", "port = 9090\n");
    scene.put("bin/serve", "#!/bin/bash\n");
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it("scans only the part", async () => {
    const part = async (entry: string) => {
      const { stdout, exitCode } = await scene.inside(["scan", "--format", "json", "--only", entry]);
      const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly resource: string }[] };
      return [exitCode, findings.map(({ resource }) => resource.slice(scene.tree.length))];
    };
    expect(await part("host/file:**/serve")).toEqual([1, ["/bin/serve"]]);
    expect(await part("host/directory")).toEqual([0, []]);
  });

  it.each(["host/fiel", "host/fiel:/etc/**", "nothing"])("refuses %s, which is no kind", async (entry) => {
    const { stdout, stderr, exitCode } = await scene.inside(["scan", "--only", entry]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error\[USAGE\]: Cannot limit the scan to ".+": there is no kind "[^:]+"\n {2}hint: .+\n$/);
    expect(stderr.includes(`did you mean "host/file"?`)).toBe(entry.startsWith("host/fiel"));
  });
});

describe("leeway scan --fail-on", () => {
  let scene: Scene;
  const key = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  beforeAll(async () => {
    scene = await startScene({ captured: false });
    scene.put("deploy.key", key, 0o600);
    await scene.inside(["capture", "here"]);
    scene.commit();
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it("counts drift of that severity and above, and none with never; the report is the same", async () => {
    const exitCodes = async (most: string, thresholds: readonly string[]) => {
      const codes: (number | null)[] = [];
      for (const failOn of thresholds) {
        const { stdout, stderr, exitCode } = await scene.inside(["scan", "--fail-on", failOn]);
        expect(stdout).toContain(`● ${most}`);
        expect(stderr).toBe("");
        codes.push(exitCode);
      }
      return codes;
    };
    scene.put("new");
    expect(await exitCodes("informational", ["warning", "informational"])).toEqual([0, 1]);
    scene.put("app.cfg", "changed\n");
    expect(await exitCodes("warning", ["critical", "warning", "informational"])).toEqual([0, 1, 1]);
    scene.put("deploy.key", key, 0o644);
    expect(await exitCodes("critical", ["critical", "warning", "never"])).toEqual([1, 1, 0]);
  });

  it("refuses what is no severity", async () => {
    expect(seen(scene, await scene.inside(["scan", "--fail-on", "high"]))).toMatchInlineSnapshot(`
      "--- stderr
      error[USAGE]: Cannot run \`leeway scan\`: option '--fail-on <severity>' argument 'high' is invalid. Allowed choices are critical, warning, informational, never
        hint: \`leeway scan --help\` tells what it takes
      --- exit code 2"
    `);
  });
});

describe("leeway scan --wait", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene();
    await scene.inside(["scan"]);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it("waits while another process holds the target, says who, and gives up in time", async () => {
    await using holder = startChild("hold-lease", [scene.storeFile, "here"]);
    await holder.says("holding");
    const outcome = await scene.inside(["scan", "--wait", "200ms"]);
    expect(outcome.stderr).toContain(`process ${holder.pid} on`);
    expect(seen(scene, outcome)).toMatchInlineSnapshot(`
      "--- stderr
      Waiting for target "here": process <pid> on "<host>" has held it since <time>
      error[STORE_BUSY]: Cannot take target "here": process <pid> on "<host>" has held it since <time>
        hint: Wait until it is done, or end that process
      --- exit code 2"
    `);
  });

  it("goes on as soon as the other gives it back", async () => {
    await using holder = startChild("hold-lease", [scene.storeFile, "here"]);
    await holder.says("holding");
    await using run = scene.start(["scan", "--wait", "60s"]);
    await run.saysOnStderr(`Waiting for target "here": process ${holder.pid}`);
    holder.tell("give it back");
    expect((await run.outcome).exitCode).toBe(0);
  });

  it("refuses what is no duration", async () => {
    expect(seen(scene, await scene.inside(["scan", "--wait", "soon"]))).toMatchInlineSnapshot(`
      "--- stderr
      error[USAGE]: Cannot read --wait "soon": expected a duration
        hint: write it like 90s, 60m or 30d
      --- exit code 2"
    `);
  });
});
