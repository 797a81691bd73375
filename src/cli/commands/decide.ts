import type { DecisionInput } from "../../lifecycle/decide.ts";
import { formatInstant } from "../../report/time-words.ts";
import { visible } from "../../report/visible.ts";
import { decideFinding } from "../decide-finding.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { Options } from "../options.ts";
import type { Shell } from "../shell.ts";

export const ack = command("ack");
export const snooze = command("snooze");
export const accept = command("accept");
export const reopen = command("reopen");

function command(verb: DecisionInput["verb"]) {
  return async (shell: Shell, [id = ""]: readonly string[], options: Options): Promise<ExitCode> => {
    const finding = await decideFinding(shell, { id, verb }, options);
    const { decision, status, kind, resource } = finding;
    const until = decision?.until === undefined ? "" : ` until ${formatInstant(decision.until)}`;
    await shell.out(`${finding.id} is ${status}${until}: ${kind} ${visible(resource)}\n`);
    return EXIT.inSync;
  };
}
