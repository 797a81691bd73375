import { bySeverity } from "../../engine/scan.ts";
import { selectTargets, type Workspace } from "../../engine/workspace.ts";
import { KnownError } from "../../errors.ts";
import { type Finding, STATUSES } from "../../model/finding.ts";
import { compileGlob } from "../../model/glob.ts";
import { nearest } from "../../model/nearest.ts";
import { jsonText, toFinding } from "../../report/json.ts";
import { formatAge } from "../../report/time-words.ts";
import { formatPlural, visible } from "../../report/visible.ts";
import { resourceWords } from "../../report/words.ts";
import type { Store } from "../../store/store.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { table } from "../human-options.ts";
import { openStoreToRead, openWorkspace } from "../open-workspace.ts";
import { type Options, textOption } from "../options.ts";
import type { Shell } from "../shell.ts";

export async function findings(shell: Shell, _args: readonly string[], options: Options): Promise<ExitCode> {
  const workspace = await openWorkspace(shell, options);
  const target = textOption(options, "target");
  if (target !== undefined) selectTargets(workspace, [target]);
  await using store = await openStoreToRead(workspace);
  const status = textOption(options, "status");
  const statuses = STATUSES.filter((one) => (status === undefined ? one !== "resolved" : one === status));
  const found = await store.findings({ statuses, ...(target === undefined ? {} : { target }) });
  checkKinds(workspace, found, textOption(options, "kind"));
  const wanted = found.filter(matching(options)).sort(bySeverity);
  if (textOption(options, "format") === "json") await shell.out(jsonText(wanted.map(toFinding)));
  else if (wanted.length > 0) await shell.out(humanList(wanted, shell));
  else await tellNone(shell, { unseen: await neverScanned(workspace, store, target), isFiltered: found.length > 0 });
  return EXIT.inSync;
}

/** A kind that does not exist would make the inbox look empty. */
function checkKinds(workspace: Workspace, found: readonly Finding[], pattern: string | undefined): void {
  if (pattern === undefined || found.some(({ kind }) => compileGlob(pattern)(kind))) return;
  const kinds = [...workspace.connectors.values()].flatMap((connector) => [...(connector.kinds?.keys() ?? [])]);
  if (kinds.some(compileGlob(pattern))) return;
  const meant = nearest(pattern, kinds);
  throw new KnownError("USAGE", `Cannot list findings of "${pattern}": there is no such kind`, {
    hint: meant === undefined ? "`leeway kinds` lists them" : `did you mean "${meant}"?`,
  });
}

/** The chosen targets that no whole scan has seen: nothing found there means nothing. */
async function neverScanned(
  workspace: Workspace,
  store: Store,
  target: string | undefined,
): Promise<readonly string[]> {
  const scanned = new Set((await store.lastScans()).map((scan) => scan.target));
  const chosen = selectTargets(workspace, target === undefined ? [] : [target]);
  return chosen.map(({ name }) => name).filter((name) => !scanned.has(name));
}

async function tellNone(
  shell: Shell,
  why: { readonly unseen: readonly string[]; readonly isFiltered: boolean },
): Promise<void> {
  await shell.out(why.isFiltered ? "No findings of that sort\n" : "No findings\n");
  if (why.unseen.length > 0) shell.err(`Never scanned as a whole: ${why.unseen.join(", ")}; run \`leeway scan\``);
}

function matching(options: Options): (finding: Finding) => boolean {
  const severity = textOption(options, "severity");
  const kindMatches = compileGlob(textOption(options, "kind") ?? "**");
  return (finding) => (severity === undefined || finding.severity === severity) && kindMatches(finding.kind);
}

/** The resource comes last: it is the one that can be of any length. */
const HEADINGS = ["ID", "SEVERITY", "TYPE", "STATUS", "DRIFT", "SINCE", "RESOURCE"];

function humanList(found: readonly Finding[], shell: Shell): string {
  const rows = found.map((finding) => [
    finding.id,
    finding.severity,
    finding.type,
    finding.flapping ? `${finding.status}, flapping` : finding.status,
    `${finding.drift}, ${finding.cause}`,
    formatAge(finding.sinceAt, shell.now()),
    `${visible(finding.target)}: ${resourceWords(finding)}`,
  ]);
  return `${table([HEADINGS, ...rows])}\n${formatPlural(found.length, "finding")}; \`leeway show ID\` tells all of one\n`;
}
