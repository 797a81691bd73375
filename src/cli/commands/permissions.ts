import { selectTargets } from "../../engine/workspace.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { jsonText, table } from "../human-options.ts";
import { openWorkspace } from "../open-workspace.ts";
import { type Options, textOption } from "../options.ts";
import type { Shell } from "../shell.ts";

export async function permissions(shell: Shell, [target = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const workspace = await openWorkspace(shell, options);
  const needed = selectTargets(workspace, [target]).flatMap((named) =>
    named.connector.permissions(named.target.settings),
  );
  if (textOption(options, "format") === "json") {
    await shell.out(jsonText(needed));
    return EXIT.inSync;
  }
  const rows = needed.map(({ access, needs, kinds, without }) => [access, needs, kinds.join(", "), without]);
  await shell.out(table([["ACCESS (read only)", "WHO CAN", "FOR", "WITHOUT IT"], ...rows]));
  return EXIT.inSync;
}
