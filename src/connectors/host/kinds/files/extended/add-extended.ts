import type { Json } from "../../../../../model/json.ts";
import { formatStep } from "../../../../../model/pointer.ts";
import { encodeId } from "../../../ids.ts";
import type { Read } from "../../../transport.ts";
import { SECRET_NAME } from "../../secret-text.ts";
import type { Attributes } from "../attributes.ts";
import type { Owners } from "../owners.ts";
import { type AclEntry, beyondMode, decodeAcl } from "./decode-acl.ts";
import { decodeCapabilities } from "./decode-capabilities.ts";
import type { RawAttributes } from "./parse-getfattr.ts";
import type { FlagsRead } from "./read-flags.ts";

/** The attributes that extended attributes become, of each kind. */
const EXTENDED = {
  "host/file": ["acl", "capabilities", "selinux", "xattrs"],
  "host/directory": ["acl", "default_acl", "selinux", "xattrs"],
} as const;

const SHOWN_ELSEWHERE = new Set([
  "system.posix_acl_access",
  "system.posix_acl_default",
  "security.capability",
  "security.selinux",
]);

/** Adds what extended attributes say. What cannot be understood is unchecked. */
export async function addExtended(raw: RawAttributes, attributes: Attributes, owners: Owners): Promise<void> {
  await addAcl("acl", raw.get("system.posix_acl_access"), { attributes, owners });
  await addAcl("default_acl", raw.get("system.posix_acl_default"), { attributes, owners });
  const capability = raw.get("security.capability");
  if (capability !== undefined)
    attributes.setRead("capabilities", understood(decodeCapabilities(capability), "security.capability"));
  const selinux = raw.get("security.selinux");
  if (selinux !== undefined)
    attributes.set("selinux", textOf(selinux.subarray(0, selinux.at(-1) === 0 ? -1 : undefined)));
  addOthers(raw, attributes);
}

function understood(value: string | undefined, name: string): Read<string> {
  if (value !== undefined) return { ok: true, value };
  return { ok: false, reason: "unsupported", detail: `Cannot understand the extended attribute ${name}` };
}

interface Adding {
  readonly attributes: Attributes;
  readonly owners: Owners;
}

async function addAcl(
  name: "acl" | "default_acl",
  value: Buffer | undefined,
  { attributes, owners }: Adding,
): Promise<void> {
  if (value === undefined) return;
  const entries = decodeAcl(value);
  if (entries === undefined) {
    attributes.setRead(name, understood(undefined, `system.posix_acl of ${name}`));
    return;
  }
  const told = name === "acl" ? beyondMode(entries) : entries;
  const texts: string[] = [];
  for (const entry of told) {
    const text = await entryText(entry, owners);
    if (!text.ok) return attributes.setUnread(name, text);
    texts.push(text.value);
  }
  if (texts.length > 0) attributes.set(name, texts);
}

async function entryText({ tag, id, permissions }: AclEntry, owners: Owners): Promise<Read<string>> {
  if (id === undefined) return { ok: true, value: `${tag}::${permissions}` };
  const name = await (tag === "user" ? owners.user(id) : owners.group(id));
  return name.ok ? { ok: true, value: `${tag}:${name.value}:${permissions}` } : name;
}

const NAMESPACES = /^(?:user|trusted|security)\./;

function addOthers(raw: RawAttributes, attributes: Attributes): void {
  const others = [...raw].filter(([name]) => NAMESPACES.test(name) && !SHOWN_ELSEWHERE.has(name));
  if (others.length === 0) return;
  const values: (readonly [string, Json])[] = others.map(([name, value]) => [
    encodeId(Buffer.from(name, "latin1")),
    textOf(value),
  ]);
  attributes.set("xattrs", Object.fromEntries(values));
  for (const [name] of values)
    if (SECRET_NAME.test(name)) attributes.note({ path: `/xattrs${formatStep(name)}`, fact: "sensitive" });
}

/** Text as it is; other bytes in base64, which is said. */
function textOf(value: Buffer): string {
  const text = value.toString("utf8");
  return Buffer.from(text).equals(value) && !/\p{Cc}/u.test(text) ? text : `base64:${value.toString("base64")}`;
}

/**
 * Adds the flags that keep a file from being changed, where it has some. Where they cannot be read for want of a program or of the
 * right to read the file, which then is unchecked itself, only those miss them who declare them or had them.
 */
export async function addFlags(
  flags: FlagsRead,
  attributes: Attributes,
  { wanted }: Pick<Subject, "wanted">,
): Promise<void> {
  if (flags.ok) {
    if (flags.value.length > 0) attributes.set("flags", flags.value);
  } else if (!EXPECTED.has(flags.reason) || (await wanted()).has("flags")) attributes.setUnread("flags", flags);
}

const EXPECTED = new Set(["unsupported", "denied"]);

interface Subject {
  readonly kind: keyof typeof EXTENDED;
  readonly wanted: () => Promise<ReadonlySet<string>>;
}

/**
 * Where there is no way to read them, only those miss it who declare one or had one; where there is and it failed, one may be
 * there that nobody saw.
 */
export async function noteUnread(
  failure: Extract<Read<never>, { readonly ok: false }>,
  attributes: Attributes,
  { kind, wanted }: Subject,
): Promise<void> {
  const names = failure.reason === "unsupported" ? await wanted() : undefined;
  for (const name of EXTENDED[kind]) if (names?.has(name) !== false) attributes.setUnread(name, failure);
}
