import type { Command, Option } from "commander";
import { KnownError } from "../../errors.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { Options } from "../options.ts";
import type { Shell } from "../shell.ts";
import { TARGET_NAMES } from "../target-names-command.ts";

/** The command that writes completion scripts for a program, out of its own definition. */
export function completionOf(program: Command) {
  return async (shell: Shell, [name = ""]: readonly string[], _options: Options): Promise<ExitCode> => {
    const writer = WRITERS[name];
    if (writer === undefined) {
      throw new KnownError("USAGE", `Cannot write a completion script for "${name}"`, {
        hint: `use one of: ${Object.keys(WRITERS).join(", ")}`,
      });
    }
    const global = optionsOf(program);
    const commands = program.createHelp().visibleCommands(program);
    await shell.out(writer({ global, commands: commands.map((command) => wordsOf(command, global)) }));
    return EXIT.inSync;
  };
}

interface OptionWords {
  readonly flag: string;
  readonly summary: string;
  readonly takes: "nothing" | "file" | "target" | "text";
  /** Those that are known beforehand. */
  readonly values: readonly string[];
}

/** What can follow one command. */
interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** What its first argument can be, where that is known beforehand. */
  readonly values: readonly string[];
  /** Whether its arguments are names of targets, which only the configuration knows. */
  readonly takesTargets: boolean;
}

interface Words {
  readonly global: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
}

function wordsOf(command: Command, global: readonly OptionWords[]): CommandWords {
  const own = optionsOf(command);
  const inherited = global.filter(({ flag }) => flag !== "--version" && !own.some((option) => option.flag === flag));
  return {
    name: command.name(),
    summary: command.description(),
    options: [...own, ...inherited],
    values: valuesOf(command),
    takesTargets: command.registeredArguments[0]?.name() === "target",
  };
}

function optionsOf(command: Command): readonly OptionWords[] {
  return [...command.createHelp().visibleOptions(command)].map((option) => ({
    flag: option.long ?? "",
    summary: option.description,
    takes: taken(option),
    values: option.argChoices ?? [],
  }));
}

function taken({ flags, required }: Option): OptionWords["takes"] {
  if (!required) return "nothing";
  if (/<(file|path)>/.test(flags)) return "file";
  return flags.includes("<target>") ? "target" : "text";
}

/** An argument named `<a|b|c>` takes just these. */
function valuesOf(command: Command): readonly string[] {
  const [argument] = command.registeredArguments;
  return argument === undefined || !argument.name().includes("|") ? [] : argument.name().split("|");
}

const ASK_TARGETS = `leeway ${TARGET_NAMES} 2>/dev/null`;

/** Fish tells a person who types that a command is not there, whatever is redirected. */
const FISH_TARGETS = `command -sq leeway; and ${ASK_TARGETS}`;

const WRITERS: Readonly<Record<string, (words: Words) => string>> = { bash, zsh, fish };

function bash({ global, commands }: Words): string {
  return `# leeway completion for bash
_leeway() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${[...commands.map(({ name }) => name), ...global.map(({ flag }) => flag)].join(" ")}"
  else
    case "\${COMP_WORDS[1]}" in
${commands.map(bashCase).join("\n")}
    esac
  fi
  if [ "$words" = "<file>" ]; then
    COMPREPLY=($(compgen -f -- "$word"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  fi
}
complete -o filenames -F _leeway leeway
`;
}

/** The words after one command: the values of the option just before, else its argument and its options. */
function bashCase({ name, options, values, takesTargets }: CommandWords): string {
  const byOption = options
    .filter(({ takes }) => takes !== "nothing")
    .map((option) => `        ${option.flag}) words="${bashValues(option)}" ;;`);
  const targets = takesTargets ? [`$(${ASK_TARGETS})`] : [];
  const rest = [...targets, ...values, ...options.map(({ flag }) => flag)].join(" ");
  return [
    `    ${name})`,
    `      case "$before" in`,
    ...byOption,
    `        *) words="${rest}" ;;`,
    "      esac ;;",
  ].join("\n");
}

function bashValues({ takes, values }: OptionWords): string {
  if (takes === "target") return `$(${ASK_TARGETS})`;
  return takes === "file" ? "<file>" : values.join(" ");
}

function zsh({ global, commands }: Words): string {
  const cases = commands.map(({ name, options, values, takesTargets }) => {
    const argument = [
      ...(values.length > 0 ? [`'1:what:(${values.join(" ")})'`] : []),
      ...(takesTargets ? ["'*:target:_leeway_targets'"] : []),
    ];
    return `    ${name}) _arguments ${[...options.map(zshOption), ...argument].join(" ")} ;;`;
  });
  return `#compdef leeway
# leeway completion for zsh
_leeway_targets() {
  compadd -- \${(f)"$(${ASK_TARGETS})"}
}
_leeway() {
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.map(({ name, summary }) => `'${name}:${zshText(summary)}'`).join(" ")})
    _describe 'command' commands
    _arguments ${global.map(zshOption).join(" ")}
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
# Sourced, it registers itself; out of a folder of fpath, it is the function's first call.
if [[ $funcstack[1] == _leeway ]]; then _leeway "$@"; else compdef _leeway leeway; fi
`;
}

function zshOption({ flag, summary, takes, values }: OptionWords): string {
  const argument = {
    nothing: "",
    file: ":file:_files",
    target: ":target:_leeway_targets",
    text: values.length > 0 ? `:value:(${values.join(" ")})` : ":value: ",
  }[takes];
  return `'${flag}[${zshText(summary)}]${argument}'`;
}

function zshText(text: string): string {
  return text.replace(/'/g, "'\\''").replace(/[[\]:]/g, "\\$&");
}

function fish({ global, commands }: Words): string {
  const lines = commands.flatMap(({ name, summary, options, values, takesTargets }) => {
    const after = `complete -c leeway -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c leeway -n __fish_use_subcommand -f -a ${name} -d ${fishText(summary)}`,
      ...(values.length > 0 ? [`${after} -f -a ${fishText(values.join(" "))}`] : []),
      ...(takesTargets ? [`${after} -f -a '(${FISH_TARGETS})'`] : []),
      ...options.map((option) => `${after} ${fishOption(option)}`),
    ];
  });
  const first = global.map((option) => `complete -c leeway -n __fish_use_subcommand ${fishOption(option)}`);
  return `# leeway completion for fish\n${[...first, ...lines].join("\n")}\n`;
}

function fishOption({ flag, summary, takes, values }: OptionWords): string {
  const argument = {
    nothing: "",
    file: " -r -F",
    target: ` -x -a '(${FISH_TARGETS})'`,
    text: values.length > 0 ? ` -x -a ${fishText(values.join(" "))}` : " -x",
  };
  return `-l ${flag.slice(2)} -d ${fishText(summary)}${argument[takes]}`;
}

function fishText(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
