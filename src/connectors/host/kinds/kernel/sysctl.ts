import { escapeGlob } from "../../../../model/glob.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { FileStat, Read, Transport, WalkEntry } from "../../transport.ts";
import { idText, toByteText, valueText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { answerFrom, type Entry, unread } from "../table.ts";
import { listParameters } from "./list-parameters.ts";
import { sysctlFacts } from "./sysctl.facts.ts";
import {
  isPassing,
  isSecret,
  isTrigger,
  isVolatile,
  keyOfPath,
  mayBeUnset,
  pathOfKey,
  SYSCTL_ROOT,
} from "./sysctl-key.ts";

const READABLE = 0o444;

/** Kernel parameters as they are in force. */
export const sysctlKind: HostKind = {
  facts: sysctlFacts,
  permissions: [
    {
      kinds: [sysctlFacts.kind],
      access: SYSCTL_ROOT,
      needs: "anyone; root for the keys that only root may read",
      without: "the keys that only root may read",
    },
  ],
  async *read(request, transport) {
    const listed = request.inScope === undefined ? { keys: [], gaps: [] } : await listKeys(request, transport);
    const keys = new Set([...request.asked.map(({ resource }) => resource.id), ...listed.keys]);
    const entries = await readKeys([...keys], transport, request.signal);
    yield* answerFrom(sysctlFacts.kind, request, { status: "read", entries, gaps: listed.gaps });
  },
};

interface Listed {
  readonly keys: readonly string[];
  readonly gaps: readonly ListingGap[];
}

/** The keys in scope that have a value and keep it. */
async function listKeys({ inScope, signal }: KindRequest, transport: Transport): Promise<Listed> {
  const keys: string[] = [];
  const gaps: ListingGap[] = [];
  for (const entry of await listParameters(transport, signal)) {
    const key = idText(keyOfPath(toByteText(entry.path)));
    const failure = failureOf(entry);
    if (failure !== undefined) gaps.push({ glob: `${escapeGlob(key)}**`, ...failure });
    else if (isSteady(key) && isParameter(entry.stat) && inScope?.(key) === true) keys.push(key);
  }
  return { keys, gaps };
}

function failureOf({ stat, unlisted }: WalkEntry): Omit<ListingGap, "glob"> | undefined {
  const failure = unlisted ?? stat;
  if (failure.ok) return undefined;
  const { reason, detail } = unreadOf(failure);
  return { reason, detail };
}

function isSteady(key: string): boolean {
  return !isVolatile(key) && !isTrigger(key) && !isPassing(key);
}

/** Files that can only be written set something off and have no value. */
function isParameter(stat: Read<FileStat>): boolean {
  return stat.ok && stat.value.type === "file" && (stat.value.mode & READABLE) !== 0;
}

async function readKeys(
  keys: readonly string[],
  transport: Transport,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  for (let start = 0; start < keys.length; start += transport.readsAtOnce) {
    signal.throwIfAborted();
    const batch = keys.slice(start, start + transport.readsAtOnce);
    const found = await Promise.all(batch.map(async (key) => ({ key, entry: await readKey(key, transport) })));
    for (const { key, entry } of found) if (entry !== undefined) entries.set(key, entry);
  }
  return entries;
}

/** @returns undefined when there is no such parameter, or it has no value */
async function readKey(key: string, transport: Transport): Promise<Entry | undefined> {
  const path = pathOfKey(key);
  if (path === undefined) return undefined;
  if (isTrigger(key)) return unread("unsupported", `Cannot read "${key}": reading it sets the kernel off`);
  const content = await transport.readFile(hostPath(path));
  if (content.ok) return toEntry(key, content.value);
  if (content.reason === "absent") return undefined;
  if (mayBeUnset(key) && content.detail.endsWith("EIO")) return undefined;
  const stat = await transport.stat(hostPath(path));
  if (stat.ok && stat.value.type === "directory") return undefined;
  if (stat.ok && !isParameter(stat)) return unread("unsupported", `Cannot read "${key}": it can only be written`);
  return unreadOf(content);
}

function toEntry(key: string, content: Uint8Array): Entry {
  const actual = { value: valueText(toByteText(content).replace(/\s+$/, "")) };
  return isSecret(key)
    ? { status: "present", actual, facts: [{ path: "/value", fact: "sensitive" }] }
    : { status: "present", actual };
}
