import type { ListingGap } from "../../../../model/observation.ts";
import { type ByteText, linesOf, valueText } from "../bytes.ts";

/** A socket that takes what comes from outside. */
export interface ListeningSocket {
  readonly protocol: "tcp" | "tcp6" | "udp" | "udp6";
  readonly port: number;
  /** As `ss` writes it, without brackets: `*` is every address of both families, `::` every one of IPv6 alone. */
  readonly address: string;
  /** Of the process with the lowest number of those that hold it; missing when `ss` names none. */
  readonly process?: string;
  /** Number of the user that opened it. */
  readonly uid: number;
}

export interface ParsedSockets {
  readonly sockets: readonly ListeningSocket[];
  readonly gaps: readonly ListingGap[];
}

/** Netid, state, two queues, local address with port, peer, and the details. */
const LINE = /^(tcp|udp) +\S+ +\d+ +\d+ +(\S+):(\d{1,5}) +\S+:\S+\s+(.*)$/s;
/** The processes come first, so that nothing in a control group's name can pass for one of them; user 0 is left out. */
const DETAILS = /^(?:users:\((.*)\) +)?(?:timer:\S+ +)?(?:uid:(\d+) +)?ino:\d+/s;
const PROCESS = /\("(.*?)",pid=(\d+),fd=\d+\)(?=,\("|$)/gs;

/** Parses `ss -H -lntupe`. */
export function parseSockets(output: Uint8Array): ParsedSockets {
  const sockets: ListeningSocket[] = [];
  const gaps: ListingGap[] = [];
  for (const [index, line] of linesOf(output).entries()) {
    if (line.trim() === "") continue;
    const socket = parseSocket(line);
    const detail = `Cannot read what "ss" prints: line ${index + 1} is malformed`;
    if (socket === undefined) gaps.push({ glob: "**", reason: "failed", detail });
    else sockets.push(socket);
  }
  return { sockets, gaps };
}

function parseSocket(line: ByteText): ListeningSocket | undefined {
  const [, family, local = "", port, rest = ""] = LINE.exec(line) ?? [];
  const [details, users, uid = "0"] = DETAILS.exec(rest) ?? [];
  const process = users === undefined ? undefined : firstProcess(users);
  const isComplete = details !== undefined && (users === undefined || process !== undefined) && isPort(Number(port));
  if (!isComplete || (family !== "tcp" && family !== "udp")) return undefined;
  return {
    protocol: local === "*" || local.startsWith("[") ? `${family}6` : family,
    port: Number(port),
    address: valueText(local.replace(/[[\]]/g, "")),
    ...(process === undefined ? {} : { process }),
    uid: Number(uid),
  };
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}

/** The lowest number is the parent's: a server's workers and what else inherits its socket come and go. */
function firstProcess(users: ByteText): string | undefined {
  const processes = Array.from(users.matchAll(PROCESS), ([, name = "", pid]) => ({ name, pid: Number(pid) }));
  const [first] = processes.sort((a, b) => a.pid - b.pid);
  return first === undefined ? undefined : valueText(first.name);
}
