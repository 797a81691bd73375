import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWith } from "../testing/requirements.ts";
import { configOf, type Scene, startScene } from "./testing/run-leeway.ts";

/**
 * Runs the rest in a mount namespace of its own, with a file system mounted on $1 that answers nothing at all: whoever holds
 * /dev/fuse open never reads what it is asked.
 */
const HANGING = `exec 3<>/dev/fuse
mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 hanging "$1" || exit 99
shift
"$@" 3>&-`;

function withHanging(point: string): readonly string[] {
  return ["unshare", "--mount", "--propagation=private", "sh", "-c", HANGING, "sh", point];
}

const target = "    settings: { readTimeout: 1s }\n";

async function startHangingScene(): Promise<Scene> {
  const scene = await startScene({ captured: false, config: (made) => configOf(made, { target }) });
  scene.put("share/inner/file");
  scene.put("other/file");
  mkdirSync(join(scene.tree, "links"));
  symlinkSync("../share/inner", join(scene.tree, "links/inner"));
  await scene.inside(["capture", "here", "--force"]);
  const behind = join(scene.tree, "links/inner/file");
  scene.write("desired/behind.yaml", `kind: host/file\nid: ${behind}\nattributes: { mode: "0644" }\n`);
  scene.commit();
  return scene;
}

describeWith("machine", "a scan of a tree in which a file system does not answer", () => {
  it("ends, says what that hides and no more, and judges all else", async () => {
    await using scene = await startHangingScene();
    expect((await scene.inside(["scan"])).exitCode).toBe(0);
    scene.put("app.cfg", "port = 1\n");
    scene.put("new");
    const startedAt = Date.now();
    const run = await scene.leeway(["scan", "--format", "json"], { under: withHanging(join(scene.tree, "share")) });
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    const report = JSON.parse(run.stdout);
    expect(run).toMatchObject({ stderr: "", exitCode: 1 });
    const below = (path: string) => path.replace(scene.tree, "");
    expect(report.findings.map((one: { resource: string; drift: string }) => [below(one.resource), one.drift])).toEqual(
      expect.arrayContaining([
        ["/app.cfg", "changed"],
        ["/new", "unmanaged"],
      ]),
    );
    expect(report.findings).toHaveLength(2);
    const unchecked = report.unchecked.map((one: { resource: string; reason: string }) => [
      below(one.resource),
      one.reason,
    ]);
    expect(unchecked.sort()).toEqual([
      ["/links/inner/file", "timeout"],
      ["/share", "timeout"],
      ["/share", "timeout"],
      ["/share", "timeout"],
      ["/share/**", "timeout"],
      ["/share/**", "timeout"],
      ["/share/inner", "timeout"],
      ["/share/inner/file", "timeout"],
    ]);
    expect(report.unchecked[0].detail).toContain(
      `the file system at "${scene.tree}/share" (fuse) did not answer within 1 s`,
    );
  });

  it("finds nothing vanished, and everything again once it answers", async () => {
    await using scene = await startHangingScene();
    await scene.inside(["scan"]);
    const hung = await scene.leeway(["scan"], { under: withHanging(join(scene.tree, "share")) });
    expect(hung.exitCode).toBe(3);
    const after = await scene.inside(["scan"]);
    expect(after.exitCode).toBe(0);
  });
});
