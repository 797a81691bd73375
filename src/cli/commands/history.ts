import { selectTargets, type Workspace } from "../../engine/workspace.ts";
import { KnownError } from "../../errors.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import { getOwn, type JsonObject } from "../../model/json.ts";
import { formatValue } from "../../report/format-value.ts";
import { jsonText } from "../../report/json.ts";
import { formatInstant } from "../../report/time-words.ts";
import { visible } from "../../report/visible.ts";
import { revisionWords } from "../../report/words.ts";
import type { HistoryEntry, Store } from "../../store/store.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { openStoreToRead, openWorkspace } from "../open-workspace.ts";
import { type Options, textOption } from "../options.ts";
import type { Shell } from "../shell.ts";

const WIDEST = 80;

export async function history(shell: Shell, [name = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const workspace = await openWorkspace(shell, options);
  await using store = await openStoreToRead(workspace);
  const found = await findHistory(workspace, store, name);
  if (textOption(options, "format") === "json")
    await shell.out(jsonText(found.map(({ reading: { kind, id }, ...rest }) => ({ kind, resource: id, ...rest }))));
  else
    await shell.out(
      found
        .map(({ target, at, entries, reading }) =>
          humanHistory(`${target}/${reading.kind}:${reading.id}@${at}`, entries),
        )
        .join("\n"),
    );
  return EXIT.inSync;
}

interface Found {
  readonly target: string;
  readonly at: string;
  readonly entries: readonly HistoryEntry[];
  readonly reading: Reading;
}

/** Reads `[TARGET/]KIND:ID[@AT]`. An `@` may belong to the id, and a kind holds a `/`, so each reading is tried. */
async function findHistory(workspace: Workspace, store: Store, name: string): Promise<readonly Found[]> {
  const targets = selectTargets(workspace, []).map((named) => named.name);
  for (const reading of readings(name, targets)) {
    const found: Found[] = [];
    for (const target of reading.target === undefined ? targets : [reading.target])
      found.push(...groupByPlace({ target, reading }, await store.history(target, reading)));
    if (found.length > 0) return found;
  }
  throw new KnownError("NOT_FOUND", `Cannot find the history of "${name}": no scan has recorded it`, {
    hint: "write it as KIND:ID, TARGET/KIND:ID or KIND:ID@PLACE, such as host/file:/etc/passwd",
  });
}

interface Reading {
  readonly target?: string;
  readonly kind: string;
  readonly id: string;
  readonly at?: string;
}

function readings(name: string, targets: readonly string[]): Reading[] {
  const colon = name.indexOf(":");
  if (colon === -1) return [];
  const [kind, rest] = [name.slice(0, colon), name.slice(colon + 1)];
  const at = rest.lastIndexOf("@");
  const ids = [{ id: rest }, ...(at > 0 ? [{ id: rest.slice(0, at), at: rest.slice(at + 1) }] : [])];
  const owner = targets.find((target) => kind.startsWith(`${target}/`));
  const kinds = [{ kind }, ...(owner === undefined ? [] : [{ target: owner, kind: kind.slice(owner.length + 1) }])];
  return kinds.flatMap((one) => ids.map((id) => ({ ...one, ...id })));
}

function groupByPlace(
  of: { readonly target: string; readonly reading: Reading },
  entries: readonly HistoryEntry[],
): Found[] {
  const places = [...new Set(entries.map(({ at }) => at))];
  return places.map((at) => ({ ...of, at, entries: entries.filter((entry) => entry.at === at) }));
}

function humanHistory(name: string, entries: readonly HistoryEntry[]): string {
  const steps = entries.map((entry, index) => stepText(entry, entries[index - 1]));
  return `${visible(name)}\n${steps.join("")}`;
}

function stepText(entry: HistoryEntry, before: HistoryEntry | undefined): string {
  const head = `  ${formatInstant(entry.observedAt)}  scan ${entry.scan}  ${revisionWords(entry.revision)}  ${stateWord(entry, before)}\n`;
  if (entry.document === null) return head;
  return (
    head +
    attributeLines(before?.document ?? {}, entry.document)
      .map((line) => `      ${line}\n`)
      .join("")
  );
}

function stateWord(entry: HistoryEntry, before: HistoryEntry | undefined): string {
  if (entry.retired) return "gone";
  if (entry.presence === "absent") return "not there";
  return before?.presence === "present" && !before.retired ? "changed" : "first seen";
}

function attributeLines(before: JsonObject, after: JsonObject): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old, now] = [getOwn(before, name), getOwn(after, name)];
    if (canonicalJson(old ?? null) === canonicalJson(now ?? null)) return [];
    return old === undefined
      ? [`${visible(name)}  ${formatValue(now, WIDEST)}`]
      : [`${visible(name)}  ${formatValue(old, WIDEST)} → ${formatValue(now, WIDEST)}`];
  });
}
