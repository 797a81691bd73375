import { type Failure, failure, failureOfCode } from "../failure.ts";
import { runFailure } from "../local/run.ts";
import type { HostPath } from "../transport.ts";
import type { Lost } from "./job.ts";
import { byteText } from "./shell-text.ts";

/** What programs write for the system's error codes, in the C locale: those of glibc and of musl. */
const CODES: ReadonlyMap<string, string> = new Map([
  ["No such file or directory", "ENOENT"],
  ["Not a directory", "ENOTDIR"],
  ["Permission denied", "EACCES"],
  ["Operation not permitted", "EPERM"],
  ["Too many levels of symbolic links", "ELOOP"],
  ["Symbolic link loop", "ELOOP"],
  ["File name too long", "ENAMETOOLONG"],
  ["Filename too long", "ENAMETOOLONG"],
  ["Is a directory", "ENXIO"],
  ["No such device or address", "ENXIO"],
  ["Input/output error", "EIO"],
  ["I/O error", "EIO"],
  ["Invalid argument", "EINVAL"],
  ["No such process", "ESRCH"],
  ["Stale file handle", "ESTALE"],
  ["Stale NFS file handle", "ESTALE"],
  ["Connection timed out", "ETIMEDOUT"],
  ["Operation timed out", "ETIMEDOUT"],
  ["Host is down", "EHOSTDOWN"],
  ["No route to host", "EHOSTUNREACH"],
  ["Host is unreachable", "EHOSTUNREACH"],
  ["Transport endpoint is not connected", "ENOTCONN"],
  ["Socket not connected", "ENOTCONN"],
  ["Out of memory", "ENOMEM"],
  ["Cannot allocate memory", "ENOMEM"],
  ["Too many open files", "EMFILE"],
  ["No such device", "ENODEV"],
  ["Value too large for defined data type", "EOVERFLOW"],
]);

/** What a program's complaint about a path means: its text ends with the system's words for the error. */
export function failureOfComplaint(complaint: string, path: HostPath): Failure {
  const words = complaint.slice(complaint.lastIndexOf(": ") + 1).trim();
  const code = CODES.get(words);
  return code === undefined
    ? failure("failed", path, words === "" ? "no reason was given" : words)
    : failureOfCode(code, path);
}

/** The last line that a program wrote to standard error. */
export function lastLine(stderr: string): string {
  return stderr.trimEnd().split("\n").at(-1) ?? "";
}

const REFUSED =
  /^sudo: (a password is required|a terminal is required.*|sorry, you must have a tty.*|.*not found)$|^(Sorry, user \S+ (?:is not allowed|may not).*|\S+ is not in the sudoers file.*)$/m;

/** What sudo said when it did not run the program. */
export function sudoRefusal(stderr: string): string | undefined {
  const match = REFUSED.exec(stderr);
  return match?.[1] ?? match?.[2];
}

/** That a program was refused to a read of a path. */
export function refusedRead(path: HostPath, program: string, refusal: string): Failure {
  return failure("denied", path, `sudo does not run "${program}": ${refusal}`);
}

export function refusedRun(program: string, refusal: string): Failure {
  return runFailure("denied", program, `sudo does not run it: ${refusal}`);
}

/** That a read of a path got no answer. */
export function lostRead({ reason, detail }: Lost, path: HostPath): Failure {
  return failure(reason, path, detail);
}

export function lateRead(path: HostPath, timeoutMs: number): Failure {
  return failure("timeout", path, `it did not answer within ${timeoutMs / 1000} s`);
}

/** A path that needs no host to say what is wrong with it. */
export function impossiblePath(path: HostPath): Failure | undefined {
  if (path.includes(0)) return failureOfCode("ERR_INVALID_ARG_VALUE", path);
  if (path.length === 0) return failureOfCode("ENOENT", path);
  return path.length >= PATH_MAX ? failureOfCode("ENAMETOOLONG", path) : undefined;
}

const PATH_MAX = 4096;

/** A path that programs write into their complaints as it is. */
export function isPlain(path: HostPath): boolean {
  return /^\/[\w./@:+,=-]+$/.test(byteText(path));
}
