import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { describeWith } from "../../testing/requirements.ts";
import { runOnTerminal } from "../testing/on-terminal.ts";
import { type Scene, startScene } from "../testing/run-leeway.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ captured: false });
});
afterAll(() => scene[Symbol.asyncDispose]());

/** A new folder outside the scene's repository. */
function folder(name: string): string {
  const path = join(scene.root, name);
  mkdirSync(path);
  return path;
}
const config = (path: string): unknown => parse(readFileSync(join(path, "leeway.yaml"), "utf8"));

it("writes what the flags say, keeps .gitignore, and says what comes next", async () => {
  const cwd = folder("flags");
  writeFileSync(join(cwd, ".gitignore"), "node_modules");
  const args = ["--target", "edge", "--include", "host/user:*", "--include", "host/file:/etc/**"];
  expect(
    await scene.inside(["init", ...args, "--desired", "want", "--schedule", "30m"], { cwd }),
  ).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "Next: git init, as this is no Git repository yet; then leeway capture edge, then git add and git commit, then leeway scan
    ",
      "stdout": "leeway.yaml
    .gitignore
    ",
    }
  `);
  const scope = { include: ["host/user:*", "host/file:/etc/**"] };
  expect(config(cwd)).toMatchObject({
    version: 1,
    targets: { edge: { connector: "host", desired: "want", scope, schedule: "30m" } },
  });
  expect(readFileSync(join(cwd, ".gitignore"), "utf8")).toBe("node_modules\n.leeway/\n");
});

it("takes the defaults with --yes, and what it writes passes doctor", async () => {
  const cwd = folder("defaults");
  expect((await scene.inside(["init", "--yes"], { cwd })).exitCode).toBe(0);
  expect(config(cwd)).toMatchObject({
    targets: {
      "this-machine": {
        scope: {
          include: expect.arrayContaining(["host/firewall-rule:**", "host/file:/etc/**"]),
          exclude: expect.arrayContaining(["host/file:/etc/shadow-"]),
        },
      },
    },
  });
  const { stdout, exitCode } = await scene.inside(["doctor"], { cwd });
  expect({ stdout: stdout.split("\n")[0], exitCode }).toEqual({
    stdout: "ok    configuration: leeway.yaml",
    exitCode: 0,
  });
});

it("refuses to write over leeway.yaml without --force", async () => {
  const before = readFileSync(join(scene.repo, "leeway.yaml"), "utf8");
  const refused = await scene.inside(["init", "--yes"]);
  expect({ ...refused, stderr: scene.normalise(refused.stderr) }).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[WRITE_REFUSED]: Cannot write "<scene>/repo/leeway.yaml": it exists already
      hint: edit it, or overwrite it with --force
    ",
      "stdout": "",
    }
  `);
  expect(readFileSync(join(scene.repo, "leeway.yaml"), "utf8")).toBe(before);
  const cwd = folder("forced");
  writeFileSync(join(cwd, "leeway.yaml"), "old\n");
  expect((await scene.inside(["init", "--yes", "--force"], { cwd })).exitCode).toBe(0);
  expect(config(cwd)).toMatchObject({ version: 1 });
});

it("refuses what it cannot ask or use, and writes nothing then", async () => {
  const cwd = folder("refused");
  const refusals: string[] = [];
  for (const args of [
    [],
    ["--yes", "--target", "a b"],
    ["--yes", "--connector", "hots"],
    ["--yes", "--schedule", "often"],
  ]) {
    const { stdout, stderr, exitCode } = await scene.inside(["init", ...args], { cwd });
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    refusals.push(stderr);
  }
  expect(refusals.join("")).toMatchInlineSnapshot(`
    "error[USAGE]: Cannot ask what to watch: this is no terminal
      hint: give --target and --include, or --yes to take the defaults
    error[USAGE]: Cannot name a target "a b"
      hint: use letters, digits, - and _
    error[USAGE]: Cannot use connector "hots": there is none of that name
      hint: use one of: host
    error[USAGE]: Cannot read --schedule "often": expected a duration
      hint: write it like 60m
    "
  `);
  expect(existsSync(join(cwd, "leeway.yaml"))).toBe(false);
});

const ENTER = "\r";
const NAME = "Name of what to watch";
const ERASE = "\u007f".repeat("this-machine".length);

describeWith("terminal", "init on a terminal", () => {
  it("asks on the terminal, asks again for what it cannot take, and writes what was answered", async () => {
    const cwd = folder("asked");
    const { exitCode, screen } = await runOnTerminal(scene, {
      line: "leeway init >printed",
      cwd,
      answers: [
        { after: NAME, type: `${ERASE}a b${ENTER}` },
        { after: "Use letters", type: `\u007f\u007f-b${ENTER}` },
        { after: "Folder of its desired state", type: ENTER },
        { after: "Which kinds", type: ENTER },
        { after: "How often", type: `15m${ENTER}` },
      ],
    });
    expect(exitCode, screen).toBe(0);
    expect(config(cwd)).toMatchObject({ targets: { "a-b": { desired: "desired", schedule: "15m" } } });
    // The questions went to the terminal, the report to where it was sent.
    expect(readFileSync(join(cwd, "printed"), "utf8")).toBe("leeway.yaml\n.gitignore\n");
  });

  it("writes nothing and exits 130 when Ctrl-C answers a question", async () => {
    const cwd = folder("cancelled");
    const { exitCode, screen } = await runOnTerminal(scene, {
      line: "leeway init",
      cwd,
      answers: [
        { after: NAME, type: ENTER },
        { after: "Folder of its desired state", type: "\u0003" },
      ],
    });
    expect(exitCode, screen).toBe(130);
    expect(screen).toContain("error[INTERRUPTED]: Cannot write leeway.yaml: it was cancelled");
    expect(existsSync(join(cwd, "leeway.yaml")) || existsSync(join(cwd, ".gitignore"))).toBe(false);
  });
});
