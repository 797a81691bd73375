import { afterAll, beforeAll, expect, it } from "vitest";
import { type DriftedScene, findingsOf, startDriftedScene } from "../testing/drifted-scene.ts";
import { startScene } from "../testing/run-leeway.ts";

let scene: DriftedScene;
beforeAll(async () => {
  scene = await startDriftedScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

it("lists what is not resolved, most severe first, with the resource last however long it is", async () => {
  const { stdout, stderr, exitCode } = await scene.inside(["findings"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  const words = scene
    .normalise(stdout)
    .replaceAll(/ {2,}/g, "  ")
    .replaceAll(/just now|\d+ \w+ ago/g, "<since>");
  expect(words).toMatchInlineSnapshot(`
    "ID  SEVERITY  TYPE  STATUS  DRIFT  SINCE  RESOURCE
    <finding-1>  critical  security  open  changed, out-of-band  <since>  here: host/file <scene>/tree/app.cfg at local
    <finding-2>  warning  functional  open  missing, out-of-band  <since>  here: host/file <scene>/tree/bin/serve at local
    <finding-3>  informational  functional  open  unmanaged, orphaned  <since>  here: host/file <scene>/tree/new.sh at local

    3 findings; \`leeway show ID\` tells all of one
    "
  `);
});

it("lists by target, severity, status and kind", async () => {
  const all = await findingsOf(scene);
  expect(all).toHaveLength(3);
  expect(await findingsOf(scene, "--severity", "critical")).toEqual(
    all.filter(({ severity }) => severity === "critical"),
  );
  expect(await findingsOf(scene, "--status", "open", "--target", "here", "--kind", "host/*")).toEqual(all);
  expect(await findingsOf(scene, "--status", "resolved")).toEqual([]);
  expect(await findingsOf(scene, "--kind", "host/directory")).toEqual([]);
});

it("says that there are none of that sort", async () => {
  expect(await scene.inside(["findings", "--kind", "host/directory"])).toEqual({
    stdout: "No findings of that sort\n",
    stderr: "",
    exitCode: 0,
  });
});

it("refuses a target, a kind and a severity that do not exist, with what was meant", async () => {
  const refusals: string[] = [];
  for (const args of [
    ["--target", "her"],
    ["--kind", "host/fil"],
    ["--severity", "high"],
  ]) {
    const { stdout, stderr, exitCode } = await scene.inside(["findings", ...args]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    refusals.push(stderr);
  }
  expect(refusals.join("")).toMatchInlineSnapshot(`
    "error[USAGE]: Cannot find target "her": leeway.yaml has no target of that name
      hint: use one of: here
    error[USAGE]: Cannot list findings of "host/fil": there is no such kind
      hint: did you mean "host/file"?
    error[USAGE]: Cannot run \`leeway findings\`: option '--severity <severity>' argument 'high' is invalid. Allowed choices are critical, warning, informational
      hint: \`leeway findings --help\` tells what it takes
    "
  `);
});

it("says that an inbox is empty because nothing was scanned, and asks for a first scan where there is no store", async () => {
  await using fresh = await startScene();
  const none = await fresh.inside(["findings"]);
  expect({ ...none, stderr: fresh.normalise(none.stderr) }).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[NOT_FOUND]: Cannot open the state store "<scene>/repo/.leeway/state.db": there is none
      hint: Run \`leeway scan\` first, or give the path of a store with --store
    ",
      "stdout": "",
    }
  `);
  await fresh.inside(["scan", "--only", "host/file"]);
  expect(await fresh.inside(["findings"])).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "Never scanned as a whole: here; run \`leeway scan\`
    ",
      "stdout": "No findings
    ",
    }
  `);
});
