import { resolve } from "node:path";
import { replaceFile } from "./replace-file.ts";
import type { Shell } from "./shell.ts";

/** Writes a report to a file, whole or not at all. @throws KnownError `WRITE_REFUSED` */
export async function writeReport(shell: Shell, file: string, text: string): Promise<void> {
  const hint = "name a file in a folder that is there and that you can write to";
  await replaceFile(resolve(shell.cwd, file), text, { name: file, hint });
}
