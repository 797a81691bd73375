import type { DigestAlgorithm, FileStat, Read, WalkEntry } from "../../transport.ts";

/** What the process that reads a far file system is asked. */
export type Asked = { readonly id: number } & (
  | { readonly ask: "stat"; readonly path: Uint8Array }
  | { readonly ask: "digests"; readonly path: Uint8Array; readonly algorithms: readonly DigestAlgorithm[] }
  | { readonly ask: "readFile"; readonly path: Uint8Array; readonly maxBytes?: number }
  /** The folder and what stands in it, but for those paths, as ids: they stand on other far file systems. */
  | { readonly ask: "list"; readonly path: Uint8Array; readonly leaveOut: readonly string[] }
);

/** Its answers: of a list several parts, the last of which says so. */
export type Answered = { readonly id: number } & (
  | { readonly is: "read"; readonly read: Read<FileStat | readonly string[] | Uint8Array> }
  | { readonly is: "entries"; readonly entries: readonly WalkEntry[]; readonly isEnd: boolean }
  | { readonly is: "bug"; readonly message: string }
);

/** Before it has a number. */
export type Unsigned<T> = T extends unknown ? Omit<T, "id"> : never;
