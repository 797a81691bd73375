import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { findingOn, startDriftedScene } from "../testing/drifted-scene.ts";

const accepted = (until: string) => ["--until", until, "--reason", "agreed"];

it("does not count what is accepted, counts it again once that expired, and refuses to decide on what is resolved", async () => {
  await using scene = await startDriftedScene();
  const ids = ["app.cfg", "bin/serve", "new.sh"].map(scene.idOf);
  for (const id of ids) expect((await scene.inside(["accept", id, ...accepted("30d")])).exitCode).toBe(0);
  expect((await scene.inside(["scan"])).exitCode).toBe(0);

  await scene.inside(["accept", scene.idOf("app.cfg"), ...accepted("1s")]);
  await sleep(1000);
  const again = await scene.inside(["scan"]);
  expect(again.exitCode).toBe(1);
  expect((await findingOn(scene, "app.cfg")).status).toBe("open");
  const shown = await scene.inside(["show", scene.idOf("app.cfg")]);
  expect(shown.stdout).toContain("expired");

  scene.put("app.cfg", "port = 8080\n", 0o644);
  const settled = await scene.inside(["scan"]);
  expect(settled.exitCode).toBe(0);
  const { id } = await findingOn(scene, "app.cfg", "--status", "resolved");
  const refused = await scene.inside(["ack", id, "--reason", "late"]);
  expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
  expect(scene.normalise(refused.stderr)).toMatchInlineSnapshot(`
    "error[USAGE]: Cannot ack "<finding-1>": it is resolved
      hint: Run \`leeway findings\` for those that are not
    "
  `);
});
