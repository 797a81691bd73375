import { type ErrorCode, KnownError } from "../../errors.ts";

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) with a cause outside this program. */
const KNOWN: ReadonlyMap<number, { readonly code: ErrorCode; readonly why: string; readonly hint: string }> = new Map([
  [3, unusable("permission denied", "Give the user who runs leeway the right to read and write it and its folder")],
  [5, { code: "STORE_BUSY", why: "another process is writing", hint: "Try again when the other process is done" }],
  [6, { code: "STORE_BUSY", why: "another process is writing", hint: "Try again when the other process is done" }],
  [8, unusable("it can only be read", "Give the user who runs leeway the right to write to it and its folder")],
  [10, unusable("reading or writing the disk failed", "Look for faults of the disk; what was stored before is kept")],
  [11, unusable("it is damaged", "Restore it from a backup, or move it away and let leeway make a new one")],
  [13, unusable("the disk is full", "Free some space and run the command again; what was stored before is kept")],
  [14, unusable("it cannot be opened", "Look at the rights of the file, of those beside it, and of its folder")],
  [26, unusable("it is no SQLite database", "Give another path with --store, or move the file away")],
]);

function unusable(
  why: string,
  hint: string,
): { readonly code: ErrorCode; readonly why: string; readonly hint: string } {
  return { code: "STORE_UNUSABLE", why, hint };
}

/** The texts of those codes (https://sqlite.org/c3ref/errcode.html): the engine gives no code for what fails while rows are read. */
const BY_TEXT: ReadonlyMap<string, number> = new Map([
  ["access permission denied", 3],
  ["database is locked", 5],
  ["database table is locked", 6],
  ["attempt to write a readonly database", 8],
  ["disk I/O error", 10],
  ["database disk image is malformed", 11],
  ["database or disk is full", 13],
  ["unable to open database file", 14],
  ["file is not a database", 26],
]);

/** The primary result code of an error that SQLite gave; undefined for any other. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  return "code" in error && error.code === "ERR_SQLITE_ERROR" ? BY_TEXT.get(error.message) : undefined;
}

export function isBusy(error: unknown): boolean {
  const code = resultCode(error instanceof KnownError ? error.cause : error);
  return code === 5 || code === 6;
}

/** The error as a KnownError where its cause is known, else the error itself. */
export function explainSqliteError(error: unknown, attempt: string): unknown {
  const known = KNOWN.get(resultCode(error) ?? -1);
  if (known === undefined) return error;
  return new KnownError(known.code, `${attempt}: ${known.why}`, { hint: known.hint, cause: error });
}
