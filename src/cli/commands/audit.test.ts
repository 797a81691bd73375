import { expect, it } from "vitest";
import { startDriftedScene } from "../testing/drifted-scene.ts";

it("tells who decided what, when and why, and asks for a scan where there is no store", async () => {
  await using scene = await startDriftedScene();
  expect((await scene.inside(["audit"])).stdout).toBe("The audit log is empty\n");
  await scene.inside(["ack", scene.idOf("app.cfg"), "--reason", "on\u001b[31m it"]);
  await scene.inside(["accept", scene.idOf("new.sh"), "--until", "30d", "--reason", "agreed", "--by", "bob"]);
  const { stdout, stderr, exitCode } = await scene.inside(["audit"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(scene.normalise(stdout).replaceAll(/ {2,}/g, "  ")).toMatchInlineSnapshot(`
    "#  WHEN  WHO  ACTION  SUBJECT  WHY
    1  <time>  ann@example.com  finding.ack  <finding-1>  on\\x1b[31m it
    2  <time>  bob  finding.accept  <finding-2>  agreed
    "
  `);
  const none = await scene.inside(["audit", "--store", "elsewhere.db"]);
  expect({ ...none, stderr: scene.normalise(none.stderr) }).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[NOT_FOUND]: Cannot open the state store "<scene>/repo/elsewhere.db": there is none
      hint: Run \`leeway scan\` first, or give the path of a store with --store
    ",
      "stdout": "",
    }
  `);
});
