import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findingOn, startDriftedScene } from "../testing/drifted-scene.ts";
import { configOf, type Scene } from "../testing/run-leeway.ts";

/** A person's own formatting: comments, a flow list over lines, quotes, blank lines. */
const FORMATTED = `
# Decided together, see the wiki.
ignore:
    - { kind: "host/package",   reason: 'patched elsewhere' }   # keep this
    # the last one

rules: [ ]   # none yet
`;
const configText = ({ repo }: Scene) => readFileSync(join(repo, "leeway.yaml"), "utf8");

it("adds a rule, keeps every other byte, prints the diff, logs it; the next scan folds and resolves the finding", async () => {
  await using scene = await startDriftedScene({ config: (made) => configOf(made, { rest: FORMATTED }) });
  const before = configText(scene);
  const id = scene.idOf("bin/serve");
  const { stdout, stderr, exitCode } = await scene.inside(["ignore", id, "--reason", "retired", "--by", "bob"]);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: "Next: git commit it; the next scan folds the drift and resolves the finding\n",
  });
  const rule = `    - { target: here, at: local, kind: host/file, id: ${scene.tree}/bin/serve, drift: missing, reason: retired }\n`;
  const after = configText(scene);
  expect(after.split(rule)).toHaveLength(2);
  expect(after.replace(rule, "")).toBe(before);
  expect(stdout).toContain(`--- a/leeway.yaml\n+++ b/leeway.yaml\n@@ `);
  expect(stdout.split("\n").filter((line) => /^[+-](?![+-])/.test(line))).toEqual([`+${rule.trimEnd()}`]);

  const audit = await scene.inside(["audit"]);
  expect(audit.stdout).toMatch(new RegExp(`  bob  ignore.add  ${id}  retired\n$`));
  const scan = await scene.inside(["scan"]);
  expect(scan.stdout).toContain("1 ignored: retired");
  expect(await findingOn(scene, "bin/serve", "--status", "resolved")).toMatchObject({ id, resolution: "ignored" });
});

it("ignores one attribute and leaves the others, refuses one that did not change, and leaves the file alone then", async () => {
  await using scene = await startDriftedScene();
  const id = scene.idOf("app.cfg");
  const before = configText(scene);
  const wrong = await scene.inside(["ignore", id, "--path", "/owner", "--reason", "x"]);
  expect({ ...wrong, stderr: scene.normalise(wrong.stderr) }).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[USAGE]: Cannot ignore "/owner" of <finding-1>: it has no change there
      hint: its changes are at /mode, /sha256
    ",
      "stdout": "",
    }
  `);
  expect(await scene.inside(["ignore", id, "--reason", " "])).toMatchObject({ exitCode: 2, stdout: "" });
  expect(await scene.inside(["ignore", "f_none", "--reason", "x"])).toMatchObject({ exitCode: 2, stdout: "" });
  expect(configText(scene)).toBe(before);

  const args = ["ignore", id, "--path", "/sha256", "--reason", "edited by its owner", "--until", "2099-01-01"];
  expect(await scene.inside(args)).toMatchObject({
    exitCode: 0,
    stderr: "Next: git commit it; the next scan folds that part of the drift\n",
  });
  expect(configText(scene)).toContain(`path: /sha256, reason: edited by its owner, until: `);
  await scene.inside(["scan"]);
  expect((await findingOn(scene, "app.cfg")).changes.map(({ path }) => path)).toEqual(["/mode"]);
});
