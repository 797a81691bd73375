import { existsSync } from "node:fs";

/** The folder of this package, with its package.json: the same from a source, a compiled module and a chunk of a bundle. */
export const PACKAGE_ROOT: URL = folderOfPackage(new URL(".", import.meta.url));

/** Programs that others start, which are built into `dist/programs`. */
export type ProgramName = "mount-reader" | "survey-worker" | TestProgramName;
/** Those that tests alone start, in a machine of their own; they are not published. */
export type TestProgramName = "observe" | "run-inside";

/** Where such a program stands. Node runs no TypeScript: unbuilt, as in tests, it is that of the last build. */
export function builtProgram(name: ProgramName): URL {
  return new URL(`dist/programs/${name}.js`, PACKAGE_ROOT);
}

function folderOfPackage(folder: URL): URL {
  if (existsSync(new URL("package.json", folder))) return folder;
  const above = new URL("..", folder);
  if (above.href === folder.href) throw new Error(`Cannot find the package of "${import.meta.url}"`);
  return folderOfPackage(above);
}
