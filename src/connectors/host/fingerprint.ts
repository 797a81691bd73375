import { hash } from "node:crypto";
import { wordsOf } from "../../model/digest-words.ts";
import type { Fingerprint } from "../../model/known-states.ts";
import type { FileStat, Naming } from "./transport.ts";

/** Of the SHA-256 of a text. */
export function digestWords(text: string): Uint32Array {
  return wordsOf(hash("sha256", text, "buffer"));
}

/** Of what has no content to be read. */
const NO_PROOF = digestWords("");

/**
 * The sign of a path: all that lstat(2) and readlink(2) say of it, with the names of its owners. The time of its last change is among
 * that, which the system sets whenever anything of it changes, extended attributes and flags included. Undefined where that time or
 * the inode is not known.
 */
export function signOf(stat: FileStat, { basis, users, groups }: Naming): Uint32Array | undefined {
  const { type, mode, uid, gid, size, inode, modifiedNs, changedNs, linkTarget } = stat;
  if (inode === undefined || changedNs === undefined) return undefined;
  const owners = `${uid} ${users.get(uid) ?? uid} ${gid} ${groups.get(gid) ?? gid}`;
  const target = linkTarget === undefined ? "" : Buffer.from(linkTarget).toString("latin1");
  return digestWords(`${basis} ${type} ${mode} ${owners} ${size} ${inode} ${modifiedNs} ${changedNs} ${target}`);
}

/** @param sha256 of the content, as hex; undefined where there is none to be read */
export function proofOf(sha256: string | undefined): Uint32Array {
  return sha256 === undefined ? NO_PROOF : wordsOf(Buffer.from(sha256, "hex"));
}

/** How long before it was looked at something must have last changed: within one tick of its clock it may change twice. */
const MARGIN_NS = 2_000_000_000n;

interface Observed {
  readonly stat: FileStat;
  readonly sha256?: string;
  /** In milliseconds since 1970. */
  readonly lookedAt: number;
}

/** Undefined where the path changed so recently that a further change might leave no trace. */
export function fingerprintOf({ stat, sha256, lookedAt }: Observed, naming: Naming): Fingerprint | undefined {
  const sign = signOf(stat, naming);
  const isSettled = (stat.changedNs ?? 0n) < BigInt(lookedAt) * 1_000_000n - MARGIN_NS;
  return sign === undefined || !isSettled ? undefined : { sign, proof: proofOf(sha256) };
}
