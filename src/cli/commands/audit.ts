import { KnownError } from "../../errors.ts";
import { jsonText } from "../../report/json.ts";
import { formatInstant } from "../../report/time-words.ts";
import { formatPlural, visible } from "../../report/visible.ts";
import type { AuditEntry } from "../../store/store.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { table } from "../human-options.ts";
import { openStoreToRead, openWorkspace } from "../open-workspace.ts";
import { flag, type Options, textOption } from "../options.ts";
import type { Shell } from "../shell.ts";

export async function audit(shell: Shell, _args: readonly string[], options: Options): Promise<ExitCode> {
  await using store = await openStoreToRead(await openWorkspace(shell, options));
  const entries: AuditEntry[] = [];
  for await (const entry of store.audit()) entries.push(entry);
  if (flag(options, "verify")) {
    const problems = await store.verify();
    if (problems.length > 0) {
      throw new KnownError("AUDIT_BROKEN", `Cannot trust the audit log: ${problems.join("; ")}`, {
        hint: "compare it with a copy of the store",
      });
    }
    await shell.out(
      `The audit log is whole: ${formatPlural(entries.length, "entry", "entries")}, the last one ${entries.at(-1)?.hash ?? "none"}\n`,
    );
    return EXIT.inSync;
  }
  if (textOption(options, "format") === "json") await shell.out(jsonText(entries));
  else await shell.out(entries.length === 0 ? "The audit log is empty\n" : table([HEADINGS, ...entries.map(row)]));
  return EXIT.inSync;
}

const HEADINGS = ["#", "WHEN", "WHO", "ACTION", "SUBJECT", "WHY"];

function row({ sequence, at, actor, action, subject, reason }: AuditEntry): string[] {
  return [String(sequence), formatInstant(at), visible(actor), action, visible(subject), visible(reason)];
}
