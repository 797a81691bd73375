import { shellWords } from "./shell-words.ts";

export type SshArgument = "jump" | "identityFile" | "knownHostsFile" | "configFile" | "port" | "user";

/** What the arguments of an SSH client say that Leeway does too, under the names of the settings. */
export interface SshArguments {
  readonly found: ReadonlyMap<SshArgument, string>;
  /** Arguments that change how a host is reached and cannot be followed. */
  readonly refused: readonly string[];
  /** Arguments that are left out without harm. */
  readonly ignored: readonly string[];
}

const FLAGS: ReadonlyMap<string, string> = new Map([
  ["-J", "proxyjump"],
  ["-i", "identityfile"],
  ["-F", "configfile"],
  ["-p", "port"],
  ["-l", "user"],
]);
const MEANT: ReadonlyMap<string, SshArgument> = new Map([
  ["proxyjump", "jump"],
  ["identityfile", "identityFile"],
  ["userknownhostsfile", "knownHostsFile"],
  ["configfile", "configFile"],
  ["port", "port"],
  ["user", "user"],
]);
/** They decide which host it is that answers, or how it is reached. */
const DECIDING = new Set(["proxycommand", "hostname", "hostkeyalias", "bindaddress", "bindinterface"]);
const WITH_VALUE = /^-[BbcDEeFIiJLlmOopQRSWw]/;

/** Takes apart `ansible_ssh_common_args` and its like. @returns undefined when a quote is left open */
export function readSshArguments(line: string): SshArguments | undefined {
  const words = shellWords(line);
  if (words === undefined) return undefined;
  const found = new Map<SshArgument, string>();
  const refused: string[] = [];
  const ignored: string[] = [];
  for (const { name, value, shown } of argumentsIn(words)) {
    const meant = MEANT.get(name);
    // As for the client, the first one counts.
    if (meant !== undefined) found.set(meant, found.get(meant) ?? value);
    else if (DECIDING.has(name) || !shown.startsWith("-")) refused.push(shown);
    else ignored.push(shown);
  }
  return { found, refused, ignored };
}

interface Argument {
  /** Of an option its name in lower case, of a flag that stands for one that option's, else the flag. */
  readonly name: string;
  readonly value: string;
  /** What can be shown of it: never its value. */
  readonly shown: string;
}

function* argumentsIn(words: readonly string[]): Generator<Argument> {
  const open = [...words];
  for (let word = open.shift(); word !== undefined; word = open.shift()) {
    const flag = word.slice(0, 2);
    const value = WITH_VALUE.test(word) ? word.slice(2) || (open.shift() ?? "") : "";
    if (flag === "-o") {
      const [name, given] = option(value);
      yield { name: name.toLowerCase(), value: given, shown: `-o ${name}` };
    } else
      yield { name: FLAGS.get(flag) ?? flag, value, shown: flag.startsWith("-") ? flag : "a word that is no option" };
  }
}

/** `ProxyJump=x`, `ProxyJump x`, `ProxyJump = x`: names are not told apart by case. */
function option(text: string): readonly [string, string] {
  const [, name = "", value = ""] = /^\s*(\w+)\s*[=\s]\s*(.*)$/s.exec(text) ?? [];
  return [name, value.trim()];
}
