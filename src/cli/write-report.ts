import { rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { KnownError } from "../errors.ts";
import type { Shell } from "./shell.ts";

/** Writes a report to a file, whole or not at all. @throws KnownError `WRITE_REFUSED` */
export async function writeReport(shell: Shell, file: string, text: string): Promise<void> {
  const path = resolve(shell.cwd, file);
  const unfinished = `${path}.${Date.parse(shell.now()).toString(36)}.part`;
  try {
    await writeFile(unfinished, text, { flag: "wx" });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw refused(file, error);
  }
}

function refused(file: string, cause: unknown): KnownError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KnownError("WRITE_REFUSED", `Cannot write the report to "${file}": ${reason}`, {
    cause,
    hint: "name a file in a folder that you can write to",
  });
}
