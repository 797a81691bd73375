import { capture as runCapture } from "../../engine/capture.ts";
import { formatPlural, visible } from "../../report/visible.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { openWorkspace } from "../open-workspace.ts";
import { flag, listOption, type Options } from "../options.ts";
import type { Shell } from "../shell.ts";

const MOST_SKIPPED = 10;

export async function capture(shell: Shell, [target = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const workspace = await openWorkspace(shell, options);
  const only = listOption(options, "only");
  const { files, skipped } = await runCapture(workspace, { target, only, force: flag(options, "force") });
  const lines = files.map(({ file, resources }) => `${visible(file)}  ${formatPlural(resources, "resource")}`);
  await shell.out(lines.map((line) => `${line}\n`).join(""));
  for (const { resource, detail } of skipped.slice(0, MOST_SKIPPED))
    shell.err(`not captured: ${visible(resource)}: ${visible(detail)}`);
  if (skipped.length > MOST_SKIPPED) shell.err(`not captured: ${skipped.length - MOST_SKIPPED} more`);
  if (files.length > 0) {
    shell.err("Next: look at them, then git add and git commit: a scan reads the commit");
    return EXIT.inSync;
  }
  const isUnread = skipped.length > 0;
  shell.err(
    isUnread ? "Nothing could be read, so nothing was written" : "Nothing was found in scope, so nothing was written",
  );
  return isUnread ? EXIT.error : EXIT.inSync;
}
