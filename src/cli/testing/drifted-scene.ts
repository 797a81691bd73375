import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../model/finding.ts";
import { type Scene, type SceneOptions, startScene } from "./run-leeway.ts";

/** A scene whose tree drifted in three ways after it was found in sync, and was scanned. */
export interface DriftedScene extends Scene {
  /** The id of the finding about a file of the tree: `app.cfg` changed, `bin/serve` is missing, `new.sh` is unmanaged. */
  idOf(name: string): string;
}

export async function startDriftedScene(options: SceneOptions = {}): Promise<DriftedScene> {
  const scene = await startScene(options);
  await scanned(scene, 0);
  scene.put("app.cfg", "port = 9090\n", 0o666);
  rmSync(join(scene.tree, "bin/serve"));
  scene.put("new.sh", "#!/bin/sh\n", 0o755);
  await scanned(scene, 1);
  const ids = new Map((await findingsOf(scene)).map(({ resource, id }) => [resource, id]));
  return { ...scene, idOf: (name) => ids.get(join(scene.tree, name)) ?? `no finding on ${name}` };
}

/** Every finding, resolved ones too with `--status resolved`. */
export async function findingsOf(scene: Scene, ...args: readonly string[]): Promise<readonly Finding[]> {
  const { stdout } = await scene.inside(["findings", "--format", "json", ...args]);
  // The command prints the findings of the store, which are of that type.
  return JSON.parse(stdout) as readonly Finding[];
}

export async function findingOn(scene: Scene, name: string, ...args: readonly string[]): Promise<Finding> {
  const found = (await findingsOf(scene, ...args)).find(({ resource }) => resource === join(scene.tree, name));
  if (found === undefined) throw new Error(`no finding on ${name}`);
  return found;
}

async function scanned(scene: Scene, expected: number): Promise<void> {
  const { exitCode, stdout, stderr } = await scene.inside(["scan"]);
  if (exitCode !== expected) throw new Error(`Cannot set the scene: ${stdout}${stderr}`);
}
