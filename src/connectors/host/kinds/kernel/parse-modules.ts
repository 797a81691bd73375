import { type ByteText, linesOf, valueText } from "../bytes.ts";
import type { ConfigFile } from "../config-folders.ts";
import { type Unread, unread } from "../table.ts";

export const MODULES = "/proc/modules";

/** To the kernel `-` and `_` are the same in the name of a module; it writes the latter. */
export function moduleName(name: ByteText): ByteText {
  return name.replaceAll("-", "_");
}

/** The letters with which a module taints the kernel, by the name of each that is loaded. */
export type LoadedModules = ReadonlyMap<ByteText, readonly string[]>;

/** Name, size, uses, users, state, address, and in parentheses the taints, with + or - while it comes or goes. */
const LINE = /^(\S+) \d+ \S+ \S+ (?:Live|Loading|Unloading) 0x[0-9a-f]+(?: \(([A-Z]*)[+-]?\))?\s*$/;

export function parseModules(content: Uint8Array): LoadedModules | Unread {
  const modules = new Map<ByteText, readonly string[]>();
  for (const [index, line] of linesOf(content).entries()) {
    const [, name, taints = ""] = LINE.exec(line) ?? [];
    if (name === undefined) return unread("failed", `Cannot read "${MODULES}": line ${index + 1} is malformed`);
    modules.set(moduleName(name), taints.split(""));
  }
  return modules;
}

/** What modprobe.d(5) and modules-load.d(5) say of one module. */
export interface ModuleSettings {
  readonly blacklisted: boolean;
  /** What is run instead of loading it. */
  readonly install?: ByteText;
  readonly options: readonly ByteText[];
  readonly loadAtStart: boolean;
  readonly files: readonly string[];
}

const NOTHING: ModuleSettings = { blacklisted: false, options: [], loadAtStart: false, files: [] };

/** What files and the command line of the kernel say of modules, by name. */
export class ModuleConfiguration {
  readonly #modules = new Map<ByteText, ModuleSettings>();

  get modules(): ReadonlyMap<ByteText, ModuleSettings> {
    return this.#modules;
  }

  of(name: ByteText): ModuleSettings {
    return this.#modules.get(name) ?? NOTHING;
  }

  /** A file of modprobe.d. Lines that it does not know, modprobe passes over. */
  addModprobe({ path, lines }: ConfigFile): void {
    for (const line of continuedLines(lines)) {
      const [, command = "", name, rest = ""] = /^(\S+)\s+(\S+)\s*(.*)$/s.exec(line) ?? [];
      if (name === undefined) continue;
      const what = settingOf(command, rest.trim(), this.of(moduleName(name)));
      if (what !== undefined) this.#set(moduleName(name), what, path);
    }
  }

  /** A file of modules-load.d: a name a line. */
  addModulesLoad({ path, lines }: ConfigFile): void {
    for (const line of lines) {
      const name = line.trim();
      if (name !== "" && !/^[#;]/.test(name)) this.#set(moduleName(name), { loadAtStart: true }, path);
    }
  }

  addCommandLine(text: ByteText, path: string): void {
    for (const [, key, names = ""] of text.matchAll(/(?:^|\s)(modprobe\.blacklist|(?:rd\.)?modules[-_]load)=(\S+)/g)) {
      const what = key === "modprobe.blacklist" ? { blacklisted: true } : { loadAtStart: true };
      for (const name of names.split(",").filter((each) => each !== "")) this.#set(moduleName(name), what, path);
    }
  }

  #set(name: ByteText, what: Partial<ModuleSettings>, path: string): void {
    const before = this.of(name);
    const files = before.files.includes(path) ? before.files : [...before.files, valueText(path)];
    this.#modules.set(name, { ...before, ...what, files });
  }
}

/** Of several `install` lines the first counts, of `options` all. */
function settingOf(command: ByteText, rest: ByteText, before: ModuleSettings): Partial<ModuleSettings> | undefined {
  if (command === "blacklist") return { blacklisted: true };
  if (rest === "") return undefined;
  if (command === "install") return { install: before.install ?? rest };
  return command === "options" ? { options: [...before.options, ...rest.split(/\s+/)] } : undefined;
}

function continuedLines(lines: readonly ByteText[]): readonly ByteText[] {
  const joined = lines.join("\n").replace(/\\\n/g, " ");
  return joined.split("\n").flatMap((line) => (/^\s*(?:#|$)/.test(line) ? [] : [line.trim()]));
}
