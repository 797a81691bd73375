import { type ByteText, idText, linesOf, parseNumber32, valueText } from "../bytes.ts";

export interface UserRecord {
  /** The second field as it stands: `x` where shadow(5) has the password, else what that would have. It may be a hash. */
  readonly password: ByteText;
  readonly uid: number;
  readonly gid: number;
  /** The field that is also called GECOS. */
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
}

export interface GroupRecord {
  readonly gid: number;
  readonly members: readonly string[];
}

/** Records by name, as ids write names, and what is wrong with the lines that are none. */
export interface Records<R> {
  readonly records: ReadonlyMap<string, R>;
  readonly mistakes: readonly Mistake[];
}

export interface Mistake {
  /** Of which name the record would be; missing when even that cannot be told. */
  readonly name?: string;
  readonly detail: string;
}

/** Parses passwd(5). `file` is for what is said of malformed lines. */
export function parsePasswd(bytes: Uint8Array, file: string): Records<UserRecord> {
  return parseRecords(bytes, file, ([, password = "", uid = "", gid = "", comment = "", home = "", shell, ...more]) => {
    const numbers = { uid: parseNumber32(uid), gid: parseNumber32(gid) };
    if (numbers.uid === undefined || numbers.gid === undefined) return undefined;
    if (shell === undefined || more.length > 0) return undefined;
    const texts = { comment: valueText(comment), home: valueText(home), shell: valueText(shell) };
    return { password, uid: numbers.uid, gid: numbers.gid, ...texts };
  });
}

/** Parses group(5). `file` is for what is said of malformed lines. */
export function parseGroup(bytes: Uint8Array, file: string): Records<GroupRecord> {
  return parseRecords(bytes, file, ([, , gid, members, ...more]) => {
    const number = gid === undefined ? undefined : parseNumber32(gid);
    if (number === undefined || members === undefined || more.length > 0) return undefined;
    return { gid: number, members: namesIn(members) };
  });
}

function namesIn(list: ByteText): readonly string[] {
  const names = list.split(",").filter((name) => name !== "");
  return [...new Set(names.map(idText))];
}

/** Parses gshadow(5): the names of the administrators of each group. Never the password. */
export function parseGshadow(bytes: Uint8Array, file: string): Records<readonly string[]> {
  return parseRecords(bytes, file, ([, , administrators, members, ...more]) => {
    if (administrators === undefined || members === undefined || more.length > 0) return undefined;
    return namesIn(administrators);
  });
}

/** The names of the groups that have each user as a member. */
export function groupsOfUsers(groups: ReadonlyMap<string, GroupRecord>): ReadonlyMap<string, readonly string[]> {
  const groupsOf = new Map<string, string[]>();
  for (const [group, { members }] of groups) {
    for (const member of members) groupsOf.set(member, [...(groupsOf.get(member) ?? []), group]);
  }
  return groupsOf;
}

/** Empty lines and comments are skipped, as the C library does. Of a name with two records nobody can say which holds. */
export function parseRecords<R>(
  bytes: Uint8Array,
  file: string,
  parse: (fields: readonly ByteText[]) => R | undefined,
): Records<R> {
  const records = new Map<string, R>();
  const mistakes: Mistake[] = [];
  const seen = new Set<string>();
  for (const [index, line] of linesOf(bytes).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const fields = line.split(":");
    const name = nameOf(fields);
    const record = parse(fields);
    if (name !== undefined && record !== undefined && !seen.has(name)) records.set(name, record);
    else mistakes.push(mistakeOf(`Cannot read "${file}": line ${index + 1}`, record === undefined, name));
    if (name !== undefined) seen.add(name);
  }
  return { records, mistakes };
}

/** Undefined for a line that has no name at all. */
function nameOf([name = "", ...others]: readonly ByteText[]): string | undefined {
  return name === "" || others.length === 0 ? undefined : idText(name);
}

function mistakeOf(where: string, isMalformed: boolean, name: string | undefined): Mistake {
  if (name === undefined) return { detail: `${where} is malformed` };
  // Of "compat" in nsswitch.conf(5): others may have accounts here whom this file does not name.
  if (isMalformed && /^[+-]/.test(name))
    return { name, detail: `${where} is about accounts of NIS, which are not looked at` };
  return { name, detail: isMalformed ? `${where} is malformed` : `${where} is a second record of "${name}"` };
}
