import { expect, it } from "vitest";
import { hostKindFacts } from "../../connectors/host/kinds/facts.ts";
import { startScene } from "../testing/run-leeway.ts";

it("prints what each kind needs, by whom, and what is unchecked without it; refuses a target that is not there", async () => {
  await using scene = await startScene({ captured: false });
  const { stdout, stderr, exitCode } = await scene.inside(["permissions", "here"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  for (const { kind } of hostKindFacts) expect(stdout).toMatch(new RegExp(`\n  for +.*${kind}`));
  for (const block of stdout.trimEnd().split("\n\n")) {
    expect(block).toMatch(/^\S.*\n {2}for {10}\S.*\n {2}who can {6}\S.*\n {2}without it {3}\S.*$/);
  }
  const json = await scene.inside(["permissions", "here", "--format", "json"]);
  expect(JSON.parse(json.stdout)).toContainEqual({
    kinds: ["host/user"],
    access: "/etc/passwd",
    needs: "anyone",
    without: expect.any(String),
  });
  expect(await scene.inside(["permissions", "her"])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[USAGE]: Cannot find target "her": leeway.yaml has no target of that name
      hint: use one of: here
    ",
      "stdout": "",
    }
  `);
  expect(await scene.inside(["permissions"])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[USAGE]: Cannot run \`leeway permissions\`: missing required argument 'target'
      hint: \`leeway permissions --help\` tells what it takes
    ",
      "stdout": "",
    }
  `);
});
