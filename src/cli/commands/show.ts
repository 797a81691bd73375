import type { Finding, Transition } from "../../model/finding.ts";
import { renderFinding } from "../../report/human.ts";
import { jsonText, toFinding } from "../../report/json.ts";
import { formatInstant } from "../../report/time-words.ts";
import { visible } from "../../report/visible.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { findFinding } from "../find-finding.ts";
import { humanOptions, table } from "../human-options.ts";
import { openStoreToRead, openWorkspace } from "../open-workspace.ts";
import { type Options, textOption } from "../options.ts";
import type { Shell } from "../shell.ts";

export async function show(shell: Shell, [id = ""]: readonly string[], options: Options): Promise<ExitCode> {
  await using store = await openStoreToRead(await openWorkspace(shell, options));
  const finding = await findFinding(store, id);
  const transitions = await store.transitions(finding.id);
  if (textOption(options, "format") === "json") await shell.out(jsonText({ ...toFinding(finding), transitions }));
  else
    await shell.out(
      `${renderFinding(finding, humanOptions(shell)).trimEnd()}\n\n${timeline(transitions)}\n${nextStep(finding)}\n`,
    );
  return EXIT.inSync;
}

function timeline(transitions: readonly Transition[]): string {
  const rows = transitions.map(({ at, transition, by, detail }) => [
    `  ${formatInstant(at)}`,
    transition,
    by === null ? "" : visible(by),
    visible(detail),
  ]);
  return `Timeline\n${table(rows)}`;
}

function nextStep(finding: Finding): string {
  if (finding.status === "resolved") return "Nothing to do: it is resolved";
  const { id, decision } = finding;
  if (decision !== null) return `Next\n  it was decided; to take that back:\n  leeway reopen ${id} --reason "…"`;
  return [
    "Next",
    "  make production as declared, or change the desired state, then scan again; or decide:",
    `  leeway ack ${id} --reason "…"`,
    `  leeway accept ${id} --until 30d --reason "…"`,
    `  leeway ignore ${id} --reason "…"`,
  ].join("\n");
}
