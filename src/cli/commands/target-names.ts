import { KnownError } from "../../errors.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { openWorkspace } from "../open-workspace.ts";
import type { Options } from "../options.ts";
import type { Shell } from "../shell.ts";

/** The names of the targets, a line each, for completion scripts. */
export async function targetNames(shell: Shell, _args: readonly string[], options: Options): Promise<ExitCode> {
  try {
    const { loaded } = await openWorkspace(shell, options);
    await shell.out(
      Object.keys(loaded.config.targets)
        .map((name) => `${name}\n`)
        .join(""),
    );
    return EXIT.inSync;
  } catch (error) {
    // A line that is being typed has no place for what is wrong with a configuration: nothing is offered.
    if (error instanceof KnownError) return EXIT.error;
    throw error;
  }
}
