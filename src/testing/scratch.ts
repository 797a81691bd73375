import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A new folder of its own, which is gone with all that it holds when disposed. */
export interface Scratch extends AsyncDisposable {
  /** Absolute, without a slash at the end. */
  readonly path: string;
}

export async function makeScratch(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), "leeway-test-"));
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      // What a test locked, its owner could not remove either.
      await promisify(execFile)("chmod", ["-R", "u+rwX", path]);
      await rm(path, { recursive: true, force: true });
    },
  };
}
