import { existsSync, lstatSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Scene, startScene } from "../testing/run-leeway.ts";

/** A scene in which the content and the mode of `app.cfg` drifted. */
async function startTwoChanges(): Promise<Scene> {
  const scene = await startScene();
  await scene.inside(["scan"]);
  scene.put("app.cfg", "port = 9090\n", 0o600);
  await scene.inside(["scan"]);
  return scene;
}

async function onlyFinding(scene: Scene): Promise<string> {
  const found: readonly { readonly id: string }[] = JSON.parse(
    (await scene.inside(["findings", "--format", "json"])).stdout,
  );
  expect(found).toHaveLength(1);
  return found[0]?.id ?? "";
}

const config = (scene: Scene) => readFileSync(join(scene.repo, "leeway.yaml"), "utf8");

describe("leeway ignore", () => {
  it("folds the attributes that changed and nothing that changes later", async () => {
    await using scene = await startTwoChanges();
    const { stdout, exitCode } = await scene.inside(["ignore", await onlyFinding(scene), "--reason", "tuned by hand"]);
    expect(exitCode).toBe(0);
    expect(scene.normalise(stdout)).toMatchInlineSnapshot(`
      "--- a/leeway.yaml
      +++ b/leeway.yaml
      @@ -3,4 +3,7 @@
         here:
           connector: host
           desired: desired
           scope: { include: ["host/file:<scene>/tree/**", "host/directory:<scene>/tree/**"] }
      +ignore:
      +  - { target: here, at: local, kind: host/file, id: <scene>/tree/app.cfg, path: /mode, reason: tuned by hand }
      +  - { target: here, at: local, kind: host/file, id: <scene>/tree/app.cfg, path: /sha256, reason: tuned by hand }
      "
    `);
    expect((await scene.inside(["scan"])).exitCode).toBe(0);
    rmSync(join(scene.tree, "app.cfg"));
    const { stdout: report, exitCode: after } = await scene.inside(["scan"]);
    expect([after, report]).toEqual([1, expect.stringContaining("declared, and not there")]);
  });

  it("folds one attribute of several with --path, and names the others when there is no such change", async () => {
    await using scene = await startTwoChanges();
    const id = await onlyFinding(scene);
    expect(await scene.inside(["ignore", id, "--reason", "x", "--path", "/owner"])).toEqual({
      stdout: "",
      stderr: `error[USAGE]: Cannot ignore "/owner" of ${id}: it has no change there\n  hint: its changes are at /mode, /sha256\n`,
      exitCode: 2,
    });
    expect((await scene.inside(["ignore", id, "--reason", "x", "--path", "/sha256"])).exitCode).toBe(0);
    const { changes } = JSON.parse((await scene.inside(["scan", "--format", "json"])).stdout).findings[0];
    expect(changes.map(({ path }: { path: string }) => path)).toEqual(["/mode"]);
  });

  it("ignores a file that is gone only as long as it is gone", async () => {
    await using scene = await startScene();
    await scene.inside(["scan"]);
    rmSync(join(scene.tree, "app.cfg"));
    await scene.inside(["scan"]);
    await scene.inside(["ignore", await onlyFinding(scene), "--reason", "moving house"]);
    expect(config(scene)).toContain("drift: missing");
    expect((await scene.inside(["scan"])).exitCode).toBe(0);
    scene.put("app.cfg", "other\n");
    expect((await scene.inside(["scan"])).exitCode).toBe(1);
  });

  it("refuses a rule that is over from the start, and leaves everything as it was", async () => {
    await using scene = await startTwoChanges();
    const [id, before] = [await onlyFinding(scene), config(scene)];
    const refused = await scene.inside(["ignore", id, "--reason", "x", "--until", "2020-01-01"]);
    expect(refused).toEqual({
      stdout: "",
      stderr: `error[USAGE]: Cannot ignore ${id} until "2020-01-01T00:00:00.000Z": that is over\n  hint: give a later time with --until\n`,
      exitCode: 2,
    });
    expect(config(scene)).toBe(before);
    expect((await scene.inside(["audit"])).stdout).toBe("The audit log is empty\n");
  });

  it("edits the file that a link leads to, and keeps its mode", async () => {
    await using scene = await startTwoChanges();
    const real = join(scene.root, "real.yaml");
    renameSync(join(scene.repo, "leeway.yaml"), real);
    symlinkSync(real, join(scene.repo, "leeway.yaml"));
    const { mode } = statSync(real);
    expect((await scene.inside(["ignore", await onlyFinding(scene), "--reason", "linked"])).exitCode).toBe(0);
    expect(lstatSync(join(scene.repo, "leeway.yaml")).isSymbolicLink()).toBe(true);
    expect([readFileSync(real, "utf8"), statSync(real).mode]).toEqual([expect.stringContaining("linked"), mode]);
  });
});

it("makes no store by a decision before the first scan", async () => {
  await using scene = await startScene({ captured: false });
  for (const words of [["ack"], ["accept", "--until", "30d"], ["ignore"]]) {
    expect(await scene.inside([...words, "f_x", "--reason", "x"])).toEqual({
      stdout: "",
      stderr: `error[NOT_FOUND]: Cannot open the state store "${scene.storeFile}": there is none\n  hint: Run \`leeway scan\` first, or give the path of a store with --store\n`,
      exitCode: 2,
    });
  }
  expect(existsSync(dirname(scene.storeFile))).toBe(false);
});
