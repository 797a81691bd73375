import { access } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { loadConfig } from "../config/load-config.ts";
import { connectors } from "../connectors/registry.ts";
import type { Workspace } from "../engine/workspace.ts";
import { KnownError } from "../errors.ts";
import { openStore } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { type Options, textOption } from "./options.ts";
import type { Shell } from "./shell.ts";

const CONFIG_NAME = "leeway.yaml";

/**
 * Loads the configuration that the command line names, or the nearest one.
 * @throws KnownError `CONFIG_INVALID` when there is none, or with every mistake in it
 */
export async function openWorkspace(shell: Shell, options: Options): Promise<Workspace> {
  const file = textOption(options, "config") ?? (await nearestConfig(shell.cwd));
  const loaded = await loadConfig({ file, env: shell.env, connectors });
  for (const secret of loaded.secrets) shell.secrets.add(secret);
  const store = textOption(options, "store");
  const storeFile = store === undefined ? resolve(dirname(file), loaded.config.store.path) : resolve(shell.cwd, store);
  return { loaded, connectors, env: shell.env, storeFile, now: shell.now, signal: shell.signal };
}

async function nearestConfig(cwd: string): Promise<string> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_NAME);
    if (await exists(file)) return relative(cwd, file);
    if (folder === dirname(folder)) break;
  }
  throw new KnownError(
    "CONFIG_INVALID",
    `Cannot find ${CONFIG_NAME}: there is none in "${cwd}" or any folder above it`,
    {
      hint: "run `leeway init` to write one, or name one with --config",
    },
  );
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    // What is there but cannot be read is told by whoever reads it.
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
}

/** The store of a workspace, for commands that only look at it. @throws KnownError `NOT_FOUND` before the first scan */
export async function openStoreToRead(workspace: Workspace): Promise<Store> {
  return await openStore({ file: workspace.storeFile, readOnly: true });
}

/**
 * The store of a workspace, for decisions on what scans found in it.
 * @throws KnownError `NOT_FOUND` before the first scan: opening it to write would make an empty one
 */
export async function openStoreToDecide({ storeFile }: Workspace): Promise<Store> {
  return await openStore({ file: storeFile, readOnly: !(await exists(storeFile)) });
}
