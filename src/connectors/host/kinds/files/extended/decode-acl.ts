/** One entry of an access control list, whose user or group is still a number. */
export interface AclEntry {
  readonly tag: "user" | "group" | "mask" | "other";
  /** Missing for the owner, the owning group, the mask and others. */
  readonly id?: number;
  /** Such as `r-x`. */
  readonly permissions: string;
}

const VERSION = 2;
const HEAD = 4;
const ENTRY = 8;
const TAGS: ReadonlyMap<number, { readonly tag: AclEntry["tag"]; readonly isNamed: boolean }> = new Map([
  [0x01, { tag: "user", isNamed: false }],
  [0x02, { tag: "user", isNamed: true }],
  [0x04, { tag: "group", isNamed: false }],
  [0x08, { tag: "group", isNamed: true }],
  [0x10, { tag: "mask", isNamed: false }],
  [0x20, { tag: "other", isNamed: false }],
]);

/** The value of `system.posix_acl_access` or `system.posix_acl_default`; undefined when it cannot be understood. */
export function decodeAcl(value: Buffer): readonly AclEntry[] | undefined {
  if (value.length < HEAD || value.readUInt32LE(0) !== VERSION || (value.length - HEAD) % ENTRY !== 0) return undefined;
  const entries: AclEntry[] = [];
  for (let at = HEAD; at < value.length; at += ENTRY) {
    const known = TAGS.get(value.readUInt16LE(at));
    if (known === undefined) return undefined;
    const permissions = permissionText(value.readUInt16LE(at + 2));
    const { tag, isNamed } = known;
    entries.push(isNamed ? { tag, id: value.readUInt32LE(at + 4), permissions } : { tag, permissions });
  }
  return entries;
}

/**
 * What an access list says beyond the mode of the file: named users and groups, and the owning group, for whose bits the mode
 * shows the mask.
 */
export function beyondMode(entries: readonly AclEntry[]): readonly AclEntry[] {
  return entries.filter(({ tag, id }) => id !== undefined || tag === "group");
}

function permissionText(bits: number): string {
  return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`;
}
