import type { UncheckedReason } from "../../model/observation.ts";
import { encodeId } from "./ids.ts";
import type { HostPath, Read } from "./transport.ts";

/** A read that did not work. */
export type Failure = Extract<Read<never>, { readonly ok: false }>;

interface Meaning {
  readonly reason: UncheckedReason | "absent";
  readonly text: string;
}

/** What the system's error codes say of a read. Only the first two mean that there is nothing. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ["ENOENT", { reason: "absent", text: "there is no such file" }],
  ["ENOTDIR", { reason: "absent", text: "a part of the path is no directory" }],
  ["EACCES", { reason: "denied", text: "permission denied" }],
  ["EPERM", { reason: "denied", text: "operation not permitted" }],
  ["ELOOP", { reason: "failed", text: "too many links" }],
  ["ENAMETOOLONG", { reason: "unsupported", text: "the path is too long" }],
  ["ERR_INVALID_ARG_VALUE", { reason: "unsupported", text: "a path cannot hold a zero byte" }],
  ["ENXIO", { reason: "unsupported", text: "it is no regular file" }],
  ["ESTALE", { reason: "vanished", text: "it is gone from the file server" }],
  ["ETIMEDOUT", { reason: "timeout", text: "the file system did not answer in time" }],
  ["EHOSTDOWN", { reason: "unreachable", text: "the file server is down" }],
  ["EHOSTUNREACH", { reason: "unreachable", text: "the file server cannot be reached" }],
  ["ENOTCONN", { reason: "unreachable", text: "the file system is not connected" }],
]);

/** The error code that the system gave, such as `ENOENT`; undefined for an error of another sort. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** What a failed call on a path means. @throws what is no error of the system, because that is a bug */
export function failureOf(error: unknown, path: HostPath): Failure {
  const code = errorCode(error);
  if (code === undefined || !(MEANINGS.has(code) || /^E[A-Z0-9]+$/.test(code))) throw error;
  return failureOfCode(code, path);
}

/** What the system's code for a failed call on a path means. */
export function failureOfCode(code: string, path: HostPath): Failure {
  const meaning = MEANINGS.get(code);
  return meaning === undefined ? failure("failed", path, code) : failure(meaning.reason, path, meaning.text);
}

export function failure(reason: Failure["reason"], path: HostPath, text: string): Failure {
  return { ok: false, reason, detail: `Cannot read "${encodeId(path)}": ${text}` };
}
