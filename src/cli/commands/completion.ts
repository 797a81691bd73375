import type { Command } from "commander";
import { KnownError } from "../../errors.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { Options } from "../options.ts";
import type { Shell } from "../shell.ts";

/** The command that writes completion scripts for these commands. */
export function completionOf(commands: readonly Command[]) {
  return async (shell: Shell, [name = ""]: readonly string[], _options: Options): Promise<ExitCode> => {
    const writer = WRITERS[name];
    if (writer === undefined) {
      throw new KnownError("USAGE", `Cannot write a completion script for "${name}"`, {
        hint: `use one of: ${Object.keys(WRITERS).join(", ")}`,
      });
    }
    await shell.out(writer(commands.map(wordsOf)));
    return EXIT.inSync;
  };
}

/** What can follow one command: its options, and the values of those and of its argument that are known beforehand. */
interface Words {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly { readonly flag: string; readonly summary: string; readonly values: readonly string[] }[];
  readonly values: readonly string[];
}

function wordsOf(command: Command): Words {
  return {
    name: command.name(),
    summary: command.description(),
    options: command.options.map(({ long, description, argChoices }) => ({
      flag: long ?? "",
      summary: description,
      values: argChoices ?? [],
    })),
    values: valuesOf(command),
  };
}

/** An argument named `<a|b|c>` takes just these. */
function valuesOf(command: Command): readonly string[] {
  const [argument] = command.registeredArguments;
  return argument === undefined || !argument.name().includes("|") ? [] : argument.name().split("|");
}

const WRITERS: Readonly<Record<string, (commands: readonly Words[]) => string>> = { bash, zsh, fish };

function bash(commands: readonly Words[]): string {
  const cases = commands.map(({ name, options, values }) => {
    const byOption = options
      .filter((option) => option.values.length > 0)
      .map(({ flag, values: known }) => `      ${flag}) words="${known.join(" ")}" ;;`);
    const rest = [...values, ...options.map(({ flag }) => flag), "--help"].join(" ");
    return `    ${name})\n      case "$before" in\n${byOption.map((line) => `  ${line}\n`).join("")}        *) words="${rest}" ;;\n      esac ;;`;
  });
  return `# leeway completion for bash
_leeway() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(" ")} --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}
complete -F _leeway leeway
`;
}

function zsh(commands: readonly Words[]): string {
  const quote = (text: string) => text.replace(/'/g, "'\\''").replace(/[[\]:]/g, "\\$&");
  const cases = commands.map(({ name, options, values }) => {
    const specs = options.map(
      ({ flag, summary, values: known }) =>
        `'${flag}[${quote(summary)}]${known.length > 0 ? `:value:(${known.join(" ")})` : ""}'`,
    );
    const argument = values.length > 0 ? `'1:what:(${values.join(" ")})'` : "'*:file:_files'";
    return `    ${name}) _arguments ${[...specs, argument].join(" ")} ;;`;
  });
  return `#compdef leeway
# leeway completion for zsh
_leeway() {
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.map(({ name, summary }) => `'${name}:${quote(summary)}'`).join(" ")})
    _describe 'command' commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
compdef _leeway leeway
`;
}

function fish(commands: readonly Words[]): string {
  const quote = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const lines = commands.flatMap(({ name, summary, options, values }) => {
    const after = `complete -c leeway -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c leeway -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
      ...(values.length > 0 ? [`${after} -f -a ${quote(values.join(" "))}`] : []),
      ...options.map(
        ({ flag, summary: text, values: known }) =>
          `${after} -l ${flag.slice(2)} -d ${quote(text)}${known.length > 0 ? ` -x -a ${quote(known.join(" "))}` : ""}`,
      ),
    ];
  });
  return `# leeway completion for fish\n${lines.join("\n")}\n`;
}
