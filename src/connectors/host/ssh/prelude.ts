import { PROGRAM_FOLDERS } from "../local/run.ts";
import { quote } from "./shell-text.ts";
import { manyFiles, SUDO_READ } from "./sudo-scripts.ts";

const PATH = PROGRAM_FOLDERS.join(":");

/**
 * What the login shell is given, whichever it is: words that mean the same to all of them. The shell gets no environment but this, and so
 * do the programs that it starts; and no file that shells read when they start.
 */
export const SHELL_COMMAND = `exec /usr/bin/env -i LC_ALL=C PATH=${PATH} /bin/sh`;

/** Exit status of a read when the path is there, but is no regular file. */
export const IRREGULAR = "250";

/**
 * What every worker is told first. It leaves its process group in `c`, where its processes can be killed as a whole, else 0.
 * - `e N` ends job N on both streams
 * - `p PROGRAM` whether it can be started: 0, 126 or 127, as shells say it
 * - `r BYTES PATH` prints a regular file, links followed, up to so many bytes
 * - `m PATH…` prints a digit for each path, and then of each with a 1 the content and a mark: the environment of cat itself, which is
 *   nothing but a word that nobody can guess. What is not there is a complaint of ls.
 */
export function prelude(nonce: string, sudo: boolean): string {
  return `
cd /
${sudo ? `R=${quote(SUDO_READ.at(-1) ?? "")}` : ""}
unset PWD OLDPWD SHLVL ENV HISTFILE
umask 077
e() { printf '\\n${nonce} %s %s\\n' "$1" "$c"; printf '\\n${nonce} \\n' >&2; }
p() {
  case $1 in */*)
    if [ -f "$1" ] && [ -x "$1" ]; then return 0; fi
    (exec "$1") </dev/null >/dev/null 2>&1
    return $?
  esac
  q=127
  for d in ${PROGRAM_FOLDERS.map(quote).join(" ")}; do
    if [ -f "$d/$1" ]; then
      if [ -x "$d/$1" ]; then return 0; fi
      q=126
    fi
  done
  return $q
}
r() {
  if [ -f "$2" ] && [ -r "$2" ]; then head -c "$1" -- "$2" </dev/null; return $?; fi
${sudo ? READ_AS_ROOT : ""}  if [ -f "$2" ]; then head -c "$1" -- "$2" </dev/null; return $?; fi
  if ls -dL -- "$2" </dev/null >/dev/null; then return ${IRREGULAR}; fi
  return 1
}
m() {
${manyFiles(nonce)}
}
c=0
if read -r s </proc/$$/stat 2>/dev/null; then
  s=\${s##*) }
  set -- $s
  if [ "$3" = $$ ]; then c=$$; fi
fi
`;
}

/** xargs ends with 124 when the script that it runs ends with 255. */
const READ_AS_ROOT = `  { echo 'file 0 0'; printf '%s\\000' "$2"; } | sudo -n -- sh -c "$R"
  s=$?
  if [ $s = 124 ]; then return ${IRREGULAR}; fi
  return $s
`;

/** Prints what the host's programs can do, a word for each. */
export const PROBE = `
if [ "$(find / -maxdepth 0 -printf x </dev/null 2>/dev/null)" = x ]; then echo printf; fi
if [ -n "$(stat -c %f / </dev/null 2>/dev/null)" ]; then echo stat; fi
if [ -n "$(printf a | sha256sum -z 2>/dev/null)" ]; then echo zero; fi
c=0`;
