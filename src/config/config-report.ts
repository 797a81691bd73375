import type { Problem } from "../errors.ts";
import { getOwn, isJsonObject, type Json } from "../model/json.ts";
import { type ConfigFile, pathKey } from "./config-file.ts";
import { pathInDefaults } from "./merge-defaults.ts";
import type { Position } from "./source-text.ts";
import type { PathProblem, YamlPath } from "./yaml-source.ts";

/** Keys whose line is not shown even when the secret was written into the file itself. */
const SECRET_KEY = /passw|secret|token|credential|private.?key|api.?key/i;

/**
 * Collects what is wrong in one file of the configuration. Paths are those of the merged configuration; what `defaults` gave is
 * reported where `defaults` says it.
 */
export class ConfigReport {
  readonly problems: Problem[] = [];
  readonly file: ConfigFile;
  readonly #main: ConfigFile;
  readonly #secrets: ReadonlySet<string>;

  constructor(file: ConfigFile, main: ConfigFile, secrets: ReadonlySet<string>) {
    this.file = file;
    this.#main = main;
    this.#secrets = secrets;
  }

  add(path: YamlPath, details: PathProblem): void {
    const origin = this.#originOf(path);
    if (origin.file.unresolved.has(pathKey(origin.path))) return;
    this.problems.push(origin.file.document.problemAt(origin.path, { ...details, secret: hasSecretKey(path) }));
  }

  originOf(path: YamlPath): Position & { readonly file: string } {
    const origin = this.#originOf(path);
    return { file: origin.file.file, ...origin.file.document.positionOf(origin.path, "key") };
  }

  /** Whether a variable or a file was filled into the value, or its key says that it is a secret. */
  isSecret(path: YamlPath): boolean {
    const origin = this.#originOf(path);
    return hasSecretKey(path) || origin.file.filled.has(pathKey(origin.path));
  }

  /** A text that somebody else wrote, without the values that were filled in. */
  mask(text: string): string {
    return [...this.#secrets]
      .sort((a, b) => b.length - a.length)
      .reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }

  #originOf(path: YamlPath): { readonly file: ConfigFile; readonly path: YamlPath } {
    const [section, name, ...steps] = path;
    if (section !== "targets" || typeof name !== "string") return { file: this.file, path };
    const targets = getOwn(this.file.root, "targets");
    const target: Json | undefined = isJsonObject(targets) ? getOwn(targets, name) : undefined;
    const inherited = pathInDefaults(steps, target, getOwn(this.#main.root, "defaults"));
    return inherited === undefined ? { file: this.file, path } : { file: this.#main, path: ["defaults", ...inherited] };
  }
}

function hasSecretKey(path: YamlPath): boolean {
  return path.some((step) => typeof step === "string" && SECRET_KEY.test(step));
}
