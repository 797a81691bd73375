import type { Scene } from "./run-leeway.ts";

/** What `--help` says there is, by long names. */
export interface ProgramHelp {
  /** Options of the program itself. */
  readonly options: readonly string[];
  /** The options of each command. */
  readonly commands: ReadonlyMap<string, readonly string[]>;
  /** The whole help of each command. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads the help of the program and of every command that it names. */
export async function readProgramHelp(scene: Scene): Promise<ProgramHelp> {
  const { stdout } = await scene.inside(["--help"]);
  const list = stdout.slice(stdout.indexOf("\nCommands:\n"));
  const names = Array.from(list.matchAll(/^ {2}([a-z]+) /gm), ([, name = ""]) => name);
  const texts = new Map<string, string>();
  for (const name of names) texts.set(name, (await scene.inside([name, "--help"])).stdout);
  return {
    options: optionsIn(stdout),
    commands: new Map([...texts].map(([name, text]) => [name, optionsIn(text)])),
    texts,
  };
}

function optionsIn(help: string): readonly string[] {
  return Array.from(help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm), ([, option = ""]) => option);
}
