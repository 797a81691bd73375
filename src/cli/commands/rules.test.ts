import { afterAll, beforeAll, expect, it } from "vitest";
import { configOf, type Scene, startScene } from "../testing/run-leeway.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ captured: false });
});
afterAll(() => scene[Symbol.asyncDispose]());

const rule = (when: string) => `rules:
  - id: ours/app-ini
    kinds: host/file
    paths: /mode
    when: ${when}
    severity: critical
    type: security
    title: The mode of {id} changed
    examples:
      fires: [{ kind: host/file, id: /srv/app.cfg, desired: { mode: "0600" }, baseline: { mode: "0600" }, actual: { mode: "0644" } }]
      silent: [{ kind: host/file, id: /srv/other, desired: { mode: "0600" }, baseline: { mode: "0600" }, actual: { mode: "0644" } }]
`;
const configure = (rest: string) => scene.write("leeway.yaml", configOf(scene, { rest }));

it("runs the examples beside the rules, a person's own and the built-in ones", async () => {
  configure(rule(`resource.id.endsWith("app.cfg")`));
  const { stdout, stderr, exitCode } = await scene.inside(["rules", "test"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(stdout).toMatch(
    /^leeway\.yaml: 1 rule, 2 examples, all hold\nbuilt in: host: [\d,]+ rules, [\d,]+ examples, all hold\n$/,
  );
});

it("names the example that a rule fails, and exits 2", async () => {
  configure(rule(`resource.id.startsWith("/srv")`));
  const { stdout, stderr, exitCode } = await scene.inside(["rules", "test"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 2 });
  expect(stdout.replace(/built in.*\n/, "")).toMatchInlineSnapshot(`
    "leeway.yaml: 1 rule, 2 examples, 1 failed
      ours/app-ini
        must be silent on host/file /srv/other: /mode was decided by ours/app-ini
    "
  `);
  const json = await scene.inside(["rules", "test", "--format", "json"]);
  expect(json.exitCode).toBe(2);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { name: "leeway.yaml", results: [{ rule: "ours/app-ini", passed: false }] },
    { name: "built in: host" },
  ]);
});

it("refuses a rule on an attribute that does not exist, with its position", async () => {
  configure(rule('"true"').replace("paths: /mode", "paths: /mod"));
  expect(await scene.inside(["rules", "test"])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[RULE_INVALID]: Cannot load the rules: 1 mistake
      leeway.yaml:8:5: Rule "ours/app-ini": path "/mod" matches no attribute of host/file
        hint: Did you mean "/mode"?
      hint: Correct the rules; docs/rules.md tells how one is written
    ",
      "stdout": "",
    }
  `);
  configure(rule("resource.idd == 'x'"));
  const { stderr, exitCode } = await scene.inside(["rules", "list"]);
  expect({ stderr, exitCode }).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[RULE_INVALID]: Cannot load the rules: 1 mistake
      leeway.yaml:8:5: Rule "ours/app-ini": when, at character 10: No such key: idd
        | resource.idd == 'x'
      hint: Correct the rules; docs/rules.md tells how one is written
    ",
    }
  `);
});

it("lists the rules in force, a person's own first", async () => {
  configure(rule('"true"'));
  const { stdout } = await scene.inside(["rules", "list"]);
  const lines = stdout.replaceAll(/ {2,}/g, "  ").split("\n");
  expect(lines.slice(0, 2)).toEqual([
    "ID  SEVERITY  TYPE  TITLE",
    "ours/app-ini  critical  security  The mode of {id} changed",
  ]);
  expect(lines.length).toBeGreaterThan(40);
  const json = await scene.inside(["rules", "list", "--format", "json"]);
  expect(JSON.parse(json.stdout)).toHaveLength(lines.length - 2);
});

it("refuses to do anything else with rules", async () => {
  expect(await scene.inside(["rules", "tset"])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[USAGE]: Cannot "tset" rules: it is neither test nor list
      hint: leeway rules test, or leeway rules list
    ",
      "stdout": "",
    }
  `);
});
