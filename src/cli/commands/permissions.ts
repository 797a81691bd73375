import type { Permission } from "../../connector.ts";
import { selectTargets } from "../../engine/workspace.ts";
import { jsonText } from "../../report/json.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
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
  await shell.out(needed.map(permissionText).join("\n"));
  return EXIT.inSync;
}

/** All of it is read only: nothing that a connector needs to look changes anything. */
function permissionText({ access, needs, kinds, without }: Permission): string {
  return `${access}\n  for          ${kinds.join(", ")}\n  who can      ${needs}\n  without it   ${without}\n`;
}
