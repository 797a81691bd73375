import type { JsonObject } from "../../../../model/json.ts";
import type { KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import type { ByteText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { type Entry, type Unread, unread } from "../table.ts";
import { userFacts } from "./account.facts.ts";
import type { Records } from "./parse-accounts.ts";
import { parseShadow, passwordAttributes } from "./parse-shadow.ts";
import { withUnread } from "./unread-attributes.ts";

export const SHADOW = "/etc/shadow";
const PASSWORD = ["password", "password_algorithm", "password_digest"];
const AGEING = ["password_min_days", "password_max_days", "password_warn_days", "password_inactive_days", "expires"];
const FOREIGN = unread("unsupported", `Cannot tell the password of a user who is not in "/etc/passwd"`);

export type Shadow = Records<JsonObject> | Unread;

/** Where there is no such file, nobody has a password in it. */
export async function readShadow(transport: Transport): Promise<Shadow> {
  const content = await transport.readFile(hostPath(SHADOW));
  if (content.ok) return parseShadow(content.value, SHADOW);
  return content.reason === "absent" ? { records: new Map(), mistakes: [] } : unreadOf(content);
}

export interface LocalUser {
  readonly id: string;
  readonly entry: Entry;
  /** The password field of passwd(5): where it does not point to shadow, it is in force, whatever shadow says. */
  readonly password: ByteText;
}

/** A user of the host's own file with what shadow(5) knows of it. */
export async function withShadow(
  { id, entry, password }: LocalUser,
  shadow: Shadow,
  request: KindRequest,
): Promise<Entry> {
  if (entry.status === "unchecked") return entry;
  const own = password === "x" ? undefined : passwordAttributes(password);
  const { attributes, why } = recordOf(id, shadow);
  const ageing = own === undefined ? attributes : without(attributes, PASSWORD);
  const complete: Entry = { ...entry, actual: { ...entry.actual, ...ageing, ...own } };
  if (why === undefined) return complete;
  const names = own === undefined ? [...PASSWORD, ...AGEING] : AGEING;
  return await withUnread(complete, { kind: userFacts.kind, id, names, why }, request);
}

/** A user that only a directory service knows: its password is nowhere on this host. */
export function withoutShadow(id: string, entry: Entry, request: KindRequest): Promise<Entry> {
  return withUnread(entry, { kind: userFacts.kind, id, names: [...PASSWORD, ...AGEING], why: FOREIGN }, request);
}

interface ShadowRecord {
  readonly attributes: JsonObject;
  /** Why nothing is known. */
  readonly why?: Unread;
}

/** A user without a record there has no password that could be used; of one whose record is malformed nobody knows. */
function recordOf(id: string, shadow: Shadow): ShadowRecord {
  if ("status" in shadow) return { attributes: {}, why: shadow };
  const attributes = shadow.records.get(id);
  const mistake =
    shadow.mistakes.find(({ name }) => name === id) ??
    (attributes === undefined ? shadow.mistakes.find(({ name }) => name === undefined) : undefined);
  if (mistake !== undefined) return { attributes: {}, why: unread("failed", mistake.detail) };
  return { attributes: attributes ?? { password: "none" } };
}

function without(attributes: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}
