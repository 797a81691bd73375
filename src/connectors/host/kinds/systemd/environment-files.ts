import type { Read, Transport } from "../../transport.ts";
import { type ByteText, idText, toByteText, valueText } from "../bytes.ts";
import { unreadOf } from "../command.ts";
import { type Unread, unread } from "../table.ts";
import {
  type EnvironmentFile,
  parseEnvironmentFile,
  type UnitEnvironment,
  type Variables,
} from "./parse-environment.ts";

/** No file of variables is larger. */
const MAX_BYTES = 1024 * 1024;
const WRITABLE_BY_ALL = 0o002;

/** What stands in the environment files of a unit; `unusable` names those without which it cannot start. */
export interface FilesRead {
  readonly status: "read";
  /** One a file, in the order in which they are read. */
  readonly variables: readonly Variables[];
  readonly unusable: readonly ByteText[];
}

export type PathRisks = { readonly status: "judged"; readonly risks: readonly string[] } | Unread;

/** Reads files of variables and folders of PATH, each once however many units name it. */
export class EnvironmentReader {
  readonly #transport: Transport;
  readonly #signal: AbortSignal;
  readonly #texts = new Map<ByteText, Promise<Read<ByteText>>>();
  readonly #listed = new Map<ByteText, Promise<readonly ByteText[] | Unread>>();
  readonly #risky = new Map<ByteText, Promise<boolean | Unread>>();

  constructor(transport: Transport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  /** Begins to read what a unit names, so that it travels beside whatever else is asked meanwhile. */
  begin({ files, variables }: UnitEnvironment): void {
    const begun = [this.readFiles(files), this.pathRisks(variables)];
    // Whoever asks for it later hears of the failure.
    for (const each of begun) each.catch(() => undefined);
  }

  text(path: ByteText): Promise<Read<ByteText>> {
    return once(this.#texts, path, async () => {
      const read = await this.#transport.readFile(Buffer.from(path, "latin1"), { maxBytes: MAX_BYTES });
      return read.ok ? { ok: true, value: toByteText(read.value) } : read;
    });
  }

  async readFiles(files: readonly EnvironmentFile[]): Promise<FilesRead | Unread> {
    const read = await Promise.all(files.map((file) => this.#readFile(file)));
    const failed = read.find((each): each is Unread => each.status === "unchecked");
    if (failed !== undefined) return failed;
    const known = read.filter((each): each is FilesRead => each.status === "read");
    return {
      status: "read",
      variables: known.flatMap(({ variables }) => variables),
      unusable: known.flatMap(({ unusable }) => unusable),
    };
  }

  async #readFile(file: EnvironmentFile): Promise<FilesRead | Unread> {
    const paths = isPattern(file.path) ? await this.#matches(file.path) : [file.path];
    if ("status" in paths) return paths;
    const texts = await Promise.all(paths.map((path) => this.text(path)));
    const failed = texts.find((text) => !text.ok && text.reason !== "absent");
    if (failed?.ok === false) return unreadOf(failed);
    const parsed = texts.map((text) => (text.ok ? parseEnvironmentFile(text.value)?.variables : undefined));
    const variables = parsed.filter((each) => each !== undefined);
    // systemd takes a pattern that nothing matches for a file that is missing.
    const isUsable = file.isOptional || (paths.length > 0 && variables.length === paths.length);
    return { status: "read", variables, unusable: isUsable ? [] : [file.path] };
  }

  #matches(pattern: ByteText): Promise<readonly ByteText[] | Unread> {
    return once(this.#listed, pattern, async () => {
      const slash = pattern.lastIndexOf("/");
      const folder = pattern.slice(0, slash) || "/";
      const name = pattern.slice(slash + 1);
      if (isPattern(folder) || /[[\]\\]/.test(name))
        return unread("unsupported", `Cannot read "${idText(pattern)}": such patterns of files are not understood`);
      const paths = await this.listFolder(folder);
      return "status" in paths ? paths : paths.filter((path) => matchesName(path.slice(slash + 1), name)).sort();
    });
  }

  /** What stands in a folder and is no folder itself; nothing where it is not there. */
  async listFolder(folder: ByteText): Promise<readonly ByteText[] | Unread> {
    const isRoot = (path: Uint8Array) => toByteText(path) === folder;
    const paths: ByteText[] = [];
    const root = Buffer.from(folder, "latin1");
    for await (const { path, stat, unlisted } of this.#transport.walk(root, { enter: isRoot, signal: this.#signal })) {
      const failure = unlisted ?? (isRoot(path) ? stat : undefined);
      if (failure !== undefined && !failure.ok) return unreadOf(failure);
      if (!isRoot(path) && !(stat.ok && stat.value.type === "directory")) paths.push(toByteText(path));
    }
    return paths;
  }

  /** Where programs may be found that others put there. Entries that are not there are none yet. */
  async pathRisks(variables: Variables): Promise<PathRisks> {
    const path = variables.get("PATH");
    if (path === undefined) return { status: "judged", risks: [] };
    const judged = await Promise.all(path.split(":").map((entry, index) => this.#judge(entry, index)));
    const failed = judged.find((each): each is Unread => typeof each === "object");
    if (failed !== undefined) return failed;
    return { status: "judged", risks: [...new Set(judged.filter((each) => typeof each === "string"))] };
  }

  /** A relative entry need not be the name of anything, so it is not shown. */
  async #judge(entry: ByteText, index: number): Promise<string | Unread | undefined> {
    if (!entry.startsWith("/")) return `relative entry ${index + 1}`;
    const isOpen = await once(this.#risky, entry, () => this.#isOpen(entry));
    if (typeof isOpen !== "boolean") return isOpen;
    return isOpen ? valueText(entry) : undefined;
  }

  async #isOpen(folder: ByteText): Promise<boolean | Unread> {
    // The dot at the end is the folder that a link points to.
    const stat = await this.#transport.stat(Buffer.from(`${folder}/.`, "latin1"));
    if (stat.ok) return (stat.value.mode & WRITABLE_BY_ALL) !== 0;
    return stat.reason === "absent" ? false : unreadOf(stat);
  }
}

/** An answer that was asked for once is there for all. */
function once<T>(known: Map<ByteText, Promise<T>>, key: ByteText, ask: () => Promise<T>): Promise<T> {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}

function isPattern(path: ByteText): boolean {
  return /[*?[\]\\]/.test(path);
}

/** Names that begin with a dot are matched by none that does not. */
function matchesName(name: ByteText, pattern: ByteText): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const source = pattern
    .replace(/[.+^${}()|]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(name);
}
