import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { KnownError } from "../../errors.ts";
import { makeFolder, systemCode, whyRefused } from "../files.ts";

/**
 * Makes the file of a store ready to be opened: there (for its owner alone, folder included, when it has to be made) and
 * writable. For reading it only has to be there.
 * @throws KnownError `STORE_UNUSABLE`, or `NOT_FOUND` when there is nothing to read
 */
export async function prepareFile(file: string, access: "read" | "write"): Promise<void> {
  const exists = await isThere(file);
  if (access === "write") {
    if (!exists) await create(file);
    await checkWritable(file);
  } else if (!exists) {
    throw new KnownError("NOT_FOUND", `Cannot open the state store "${file}": there is none`, {
      hint: "Run `leeway scan` first, or give the path of a store with --store",
    });
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    const found = await stat(file);
    if (found.isFile()) return true;
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return false;
    throw unusable(`Cannot open the state store "${file}"`, cause);
  }
  throw new KnownError("STORE_UNUSABLE", `Cannot open the state store "${file}": it is no regular file`, {
    hint: "Give the path of a file with --store",
  });
}

async function create(file: string): Promise<void> {
  try {
    await makeFolder(dirname(file));
    await (await open(file, "a", 0o600)).close();
  } catch (cause) {
    throw unusable(`Cannot create the state store "${file}"`, cause);
  }
}

/** The folder too: the database keeps files of its own beside it. */
async function checkWritable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK | constants.W_OK);
    await access(dirname(file), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unusable(`Cannot write to the state store "${file}"`, cause);
  }
}

function unusable(attempt: string, cause: unknown): unknown {
  const why = whyRefused(cause);
  if (why === undefined) return cause;
  const hint = "Give another path with --store, or make its folder one that leeway can write to";
  return new KnownError("STORE_UNUSABLE", `${attempt}: ${why}`, { hint, cause });
}
