import { idText, linesOf, valueText } from "../bytes.ts";
import type { Entry, Table } from "../table.ts";
import { unread } from "../table.ts";

/** What `dpkg-query -W -f` is asked to print of each package. */
export const PACKAGE_FORMAT = `\${db:Status-Abbrev}\\t\${Package}\\t\${Architecture}\\t\${Version}\\n`;

/** The second letter: not installed, or only configuration files are left of it. */
const GONE = new Set(["n", "c"]);
/** Installed; triggers of others may still be pending, which changes nothing of what is on disk. */
const INSTALLED = new Set(["i", "W", "t"]);
const UNFINISHED: ReadonlyMap<string, string> = new Map([
  ["H", "half-installed"],
  ["U", "unpacked but not configured"],
  ["F", "half-configured"],
]);

/** Parses what `dpkg-query` printed in `PACKAGE_FORMAT`. A package that dpkg left unfinished is neither there nor not there. */
export function parsePackages(output: Uint8Array, nativeArchitecture: string): Table {
  const entries = new Map<string, Entry>();
  const malformed: number[] = [];
  for (const [index, line] of linesOf(output).entries()) {
    const [status, name, architecture, version, ...more] = line.split("\t");
    if (status === undefined || !name || architecture === undefined || version === undefined || more.length > 0) {
      malformed.push(index + 1);
      continue;
    }
    const isNative = architecture === nativeArchitecture || architecture === "all" || architecture === "";
    const id = idText(isNative ? name : `${name}:${architecture}`);
    const entry = entryOf(id, status, version);
    if (entry !== undefined) entries.set(id, entry);
  }
  const gaps = malformed.map((line) => ({
    glob: "**",
    reason: "failed" as const,
    detail: `Cannot read what "dpkg-query" prints: line ${line} is malformed`,
  }));
  return { status: "read", entries, gaps };
}

/** @param status desired action, status, and `R` where it must be installed again */
function entryOf(id: string, status: string, version: string): Entry | undefined {
  const state = status[1] ?? "";
  if (GONE.has(state)) return undefined;
  if (INSTALLED.has(state) && status[2] !== "R" && version !== "")
    return { status: "present", actual: { version: valueText(version), ...(status[0] === "h" ? { held: true } : {}) } };
  const how =
    UNFINISHED.get(state) ??
    (status[2] === "R" ? "broken and must be installed again" : `in state "${idText(status)}"`);
  return unread("failed", `Cannot tell whether package "${id}" is installed: dpkg says that it is ${how}`);
}
