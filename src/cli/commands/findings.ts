import { bySeverity } from "../../engine/scan.ts";
import { selectTargets } from "../../engine/workspace.ts";
import { type Finding, STATUSES } from "../../model/finding.ts";
import { compileGlob } from "../../model/glob.ts";
import { formatAge } from "../../report/time-words.ts";
import { formatPlural, visible } from "../../report/visible.ts";
import { describeDrift } from "../../report/words.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { jsonText, table } from "../human-options.ts";
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
  const wanted = found.filter(matching(options)).sort(bySeverity);
  if (textOption(options, "format") === "json") await shell.out(jsonText(wanted));
  else await shell.out(humanList(wanted, shell));
  return EXIT.inSync;
}

function matching(options: Options): (finding: Finding) => boolean {
  const severity = textOption(options, "severity");
  const kindMatches = compileGlob(textOption(options, "kind") ?? "**");
  return (finding) => (severity === undefined || finding.severity === severity) && kindMatches(finding.kind);
}

function humanList(found: readonly Finding[], shell: Shell): string {
  if (found.length === 0) return "No findings\n";
  const rows = found.map((finding) => [
    finding.id,
    finding.severity,
    finding.type,
    finding.status,
    `${finding.target} ${finding.kind}`,
    visible(finding.resource),
    describeDrift(finding.drift, finding.cause),
    formatAge(finding.sinceAt, shell.now()),
  ]);
  return `${table([["ID", "SEVERITY", "TYPE", "STATUS", "WHAT", "RESOURCE", "DRIFT", "SINCE"], ...rows])}\n${formatPlural(found.length, "finding")}; \`leeway show ID\` tells all of one\n`;
}
