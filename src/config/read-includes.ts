import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Problem } from "../errors.ts";
import { getOwn } from "../model/json.ts";
import { type ConfigFile, type ReadBytes, readConfigFile } from "./config-file.ts";

export interface WithIncludes {
  /** The file itself first, then what it includes, in order, each followed by what that includes. */
  readonly files: readonly ConfigFile[];
  readonly problems: readonly Problem[];
}

/** Reads every file that a configuration includes. A file that cannot be used is a problem where it is named. */
export async function readIncludes(main: ConfigFile, mainPath: string, read: ReadBytes): Promise<WithIncludes> {
  const reading: Reading = { files: [], problems: [], read, seen: new Set() };
  await visit(main, [resolve(mainPath)], reading);
  return reading;
}

interface Reading {
  readonly files: ConfigFile[];
  readonly problems: Problem[];
  readonly read: ReadBytes;
  readonly seen: Set<string>;
}

/** `open` is the chain of files that leads here, so that a cycle is told from a file that is merely named twice. */
async function visit(file: ConfigFile, open: readonly string[], reading: Reading): Promise<void> {
  reading.files.push(file);
  const entries = getOwn(file.root, "include");
  // Whatever is no list of texts is reported when the file is parsed.
  if (!Array.isArray(entries)) return;
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== "string" || entry === "") continue;
    const refusal = await include(file, { entry, open }, reading);
    if (refusal !== undefined) reading.problems.push(file.document.problemAt(["include", index], refusal));
  }
}

const HINT = "A path in include starts at the folder of the file that names it";

async function include(
  from: ConfigFile,
  { entry, open }: { readonly entry: string; readonly open: readonly string[] },
  reading: Reading,
): Promise<{ readonly message: string; readonly hint: string } | undefined> {
  if (isAbsolute(entry)) return { message: `Cannot include "${entry}": it is not a relative path`, hint: HINT };
  const path = resolve(from.dir, entry);
  if (open.includes(path))
    return { message: `Cannot include "${entry}": it includes this file in turn`, hint: "Remove one of the two" };
  if (reading.seen.has(path))
    return { message: `Cannot include "${entry}": it is included already`, hint: "Include it once" };
  reading.seen.add(path);
  const included = await readConfigFile(join(dirname(from.file), entry), path, reading.read);
  if (!("message" in included)) {
    await visit(included, [...open, path], reading);
    return undefined;
  }
  reading.problems.push(...included.problems);
  return included.problems.length > 0 ? undefined : { message: included.message, hint: HINT };
}
