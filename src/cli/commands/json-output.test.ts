import { expect, it } from "vitest";
import { startScene } from "../testing/run-leeway.ts";

it("prints findings for programs in the one form that the report has", async () => {
  await using scene = await startScene();
  scene.put("app.cfg", "port = 9090\n");
  scene.put("left-behind");
  const parse = async (...args: readonly string[]) =>
    JSON.parse((await scene.inside([...args, "--format", "json"])).stdout);
  const { findings } = await parse("scan");
  expect(findings).toHaveLength(2);
  expect(await parse("findings")).toEqual(findings);
  const { transitions, ...finding } = await parse("show", findings[0].id);
  expect(finding).toEqual(findings[0]);
  expect(transitions).toMatchObject([{ finding: finding.id, transition: "opened" }]);
});
