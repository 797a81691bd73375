import type { ByteText } from "../../bytes.ts";
import type { DumpedFile } from "./folder-dump.ts";

/** What `update-alternatives` keeps of one name: the links that it made, and where they may point. */
export interface Alternative {
  /** In `/etc/alternatives`. */
  readonly name: ByteText;
  /** The link that programs use, which points to the name. */
  readonly link: ByteText;
  /** What it points to by itself; undefined where a person chose. */
  readonly automatic: ByteText | undefined;
  readonly choices: ReadonlySet<ByteText>;
}

/** The alternatives of one file of `/var/lib/dpkg/alternatives`: its own, and those that follow it. None where it is malformed. */
export function parseAlternatives(file: DumpedFile): readonly Alternative[] {
  const lines = [...file.lines()];
  const [mode, link] = lines;
  const masterName = file.path.slice(file.path.lastIndexOf("/") + 1);
  if ((mode !== "auto" && mode !== "manual") || link === undefined) return [];
  const links = [{ name: masterName, link }];
  let at = 2;
  for (; (lines[at] ?? "") !== ""; at += 2) links.push({ name: lines[at] ?? "", link: lines[at + 1] ?? "" });
  const choices = choicesIn(lines.slice(at + 1), links.length);
  if (choices === undefined) return [];
  const best = choices.reduce<Choice | undefined>(
    (best, one) => (best === undefined || one.priority > best.priority ? one : best),
    undefined,
  );
  return links.map(({ name, link: at }, index) => ({
    name,
    link: at,
    automatic: mode === "auto" ? best?.targets[index] : undefined,
    choices: new Set(choices.map(({ targets }) => targets[index] ?? "").filter((target) => target !== "")),
  }));
}

interface Choice {
  readonly priority: number;
  /** Of the master and of those that follow it, in their order; empty where there is none. */
  readonly targets: readonly ByteText[];
}

/** Each choice is its target, its priority and a line for each that follows. */
function choicesIn(lines: readonly ByteText[], links: number): readonly Choice[] | undefined {
  const choices: Choice[] = [];
  for (let at = 0; (lines[at] ?? "") !== ""; at += links + 1) {
    const [target = "", priority = "", ...followers] = lines.slice(at, at + links + 1);
    if (!/^-?\d+$/.test(priority) || followers.length < links - 1) return undefined;
    choices.push({ priority: Number(priority), targets: [target, ...followers] });
  }
  return choices;
}
