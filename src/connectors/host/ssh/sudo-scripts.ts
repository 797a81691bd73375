import { FIND_DEEP, FIND_FORMAT, statFormat } from "./parse-find.ts";
import { printfFormat, quote, utf8Text } from "./shell-text.ts";

/*
 * What runs as root where a host has `sudo: true`. Each is complete: whatever differs from read to read comes through its standard
 * input, so that a line of sudoers can name it to the last letter and nobody can make anything else of it. Sudo compares
 * arguments joined by spaces, so whoever may run a script may also run what stands before one of its spaces: no such beginning
 * may do more than the whole. Hence the arguments of xargs come out of variables.
 */

/** Gives the arguments, each ended by a zero byte, to a script in which `n` is the first line. */
function fed(script: string, variables: string): string {
  return `b=${quote(script)}; read -r ${variables} || exit 2; export ${variables}; set -- -0 sh -c "$b" sh; exec xargs "$@"`;
}

const LOOK = `-maxdepth "$a" -printf "${FIND_FORMAT}"`;
const STAT = `stat -c "${statFormat("$n")}" --`;

function digest(before: string, sum: string, after: string): string {
  return `${before}; ${sum}; c=$?; ${after}; exit "$c"`;
}

const ZERO = (mark: string) => `find "$@" -maxdepth 0 -type f -printf "${mark}%s %T@ %C@ %p\\0"`;
const LINE = (mark: string) => `stat -c "${mark}%s %Y %Z %n" -- "$@"`;
/** By each of the algorithms, which a comma parts. */
const EACH = (sum: string) => `(IFS=,; for s in $a; do ${sum} || exit 1; done)`;
const SUM = (options: string) => EACH(`find "$@" -maxdepth 0 -type f -exec "$s"sum ${options}-- {} +`);

/** Prints many files in one go; no device, pipe or socket is opened. `word` is a text of the shell that nobody can guess. */
export function manyFiles(word: string): string {
  return [
    'ls -dL -- "$@" </dev/null >/dev/null',
    "f=",
    'for d; do shift; if [ -f "$d" ] && [ -r "$d" ]; then f="$f"1; set -- "$@" "$d" /proc/self/environ; else f="$f"0; fi; done',
    'echo "$f"',
    `if [ $# != 0 ]; then env -i L=${word} cat -- "$@" </dev/null; fi`,
  ].join("; ");
}

/** Reads of paths: `v` says which, `a` how. No path may be taken for an option or an expression. */
const READS = [
  "for d; do case $d in /*|./*) ;; *) exit 2; esac; done",
  `${EACH("case $s in 0|1|sha256|sha1|md5) ;; *) false; esac")} || exit 2`,
  [
    "case $v in",
    `find) find "$@" ${LOOK};;`,
    `deep) find "$@" ${FIND_DEEP};;`,
    `stat) ${STAT} "$@";;`,
    `list) find "$@" -maxdepth 1 -exec ${STAT} {} +;;`,
    `link) readlink -n -- "$@";;`,
    `zero) ${digest(ZERO("<"), SUM("-z "), ZERO(">"))};;`,
    `line) ${digest(LINE("<"), SUM(""), LINE(">"))};;`,
    `one) stat -c "%s %Y %Z" -- "$1" && ${EACH('"$s"sum -- "$1"')} && stat -c "%s %Y %Z" -- "$1";;`,
    'file) t=$(find -L "$1" -maxdepth 0 -type f && echo .); case $t in "") exit 1;; .) ls -dL -- "$1" >/dev/null || exit 1; exit 255; esac; cat -- "$1";;',
    `many) ${manyFiles("$n")};;`,
    "*) exit 2; esac",
  ].join(" "),
].join("; ");

/** Reads whatever stands at paths, and can do nothing else. */
export const SUDO_READ: readonly [string, ...string[]] = ["sh", "-c", fed(READS, "v a n")];

/** Ends the processes of a worker: its process group must be led by a process of whoever asks. */
export const SUDO_KILL: readonly [string, ...string[]] = [
  "sh",
  "-c",
  'read -r g; case $g in ""|*[!0-9]*|0|1) exit 2; esac; u=$(stat -c %u "/proc/$g"); [ "$u" = "$SUDO_UID" ] || exit 2; set -- -9 "-$g"; kill "$@"',
];

/** Runs a command with operands out of its standard input. It tells the command's own exit code on standard error, beside `n`. */
export function sudoRun(argv: readonly string[]): readonly [string, ...string[]] {
  return ["sh", "-c", fed(`${argv.map(plain).join(" ")} "$@"; c=$?; echo "exit $n $c" >&2; exit "$c"`, "n")];
}

export type SudoRead = "find" | "deep" | "stat" | "list" | "link" | "zero" | "line" | "one" | "file" | "many";

/** A piece of script that does a read as root. The words are for the variables of the script, then come the paths. */
export function sudoRead(nonce: string, how: readonly [read: SudoRead, way: string], paths: readonly string[]) {
  return `${feed(`${how.join(" ")} ${nonce}`, paths)} | ${SUDO} sh -c "$R"`;
}

/** A piece of script that runs a command as root, with or without operands. */
export function sudoCommand(nonce: string, argv: readonly string[], operands: readonly string[] | undefined): string {
  const words = (operands === undefined ? argv : sudoRun(argv)).map(utf8Text).map(quote).join(" ");
  return operands === undefined ? `${SUDO} ${words}` : `${feed(nonce, operands.map(utf8Text))} | ${SUDO} ${words}`;
}

/** The exit code that a command with operands told, the highest where it ran several times, and what else it wrote. */
export function toldExit(nonce: string, stderr: string): { readonly code: number; readonly rest: string } | undefined {
  const line = new RegExp(`^exit ${nonce} (\\d+)\n`, "gm");
  const codes = Array.from(stderr.matchAll(line), ([, code]) => Number(code));
  return codes.length === 0 ? undefined : { code: Math.max(...codes), rest: stderr.replaceAll(line, "") };
}

const SUDO = "sudo -n --";

/** Printed by the shell itself: no argument list is too long for it. */
function feed(line: string, items: readonly string[]): string {
  return `printf ${quote(`${printfFormat(line)}\\n${items.map((item) => `${printfFormat(item)}\\000`).join("")}`)}`;
}

/** A word of a script as it is, else in double quotes: single ones stand around the script. */
function plain(word: string): string {
  return /^[A-Za-z0-9_./:=,+-]+$/.test(word) ? word : `"${word.replaceAll(/[\\"$`]/g, "\\$&")}"`;
}
