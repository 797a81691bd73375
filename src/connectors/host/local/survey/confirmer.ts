import { KnownStates } from "../../../../model/known-states.ts";
import { digestWords, proofOf, signOf } from "../../fingerprint.ts";
import type { Confirming, FileStat } from "../../transport.ts";

/** What is to be done with a path: nothing more, its content is to be read, or all that there is of it. */
export type Confirmed = "known" | "unproven" | "other";

/** Tells in a thread what is as it is known. */
export class Confirmer {
  readonly #confirming: Confirming;
  readonly #known: KnownStates;
  /** Owners without a name, of what was found as it is known. */
  readonly users = new Set<number>();
  readonly groups = new Set<number>();

  constructor(confirming: Confirming) {
    this.#confirming = confirming;
    this.#known = new KnownStates(confirming.known);
  }

  /** By what the path is; it is seen unless its content is to be read. */
  look(id: string, stat: FileStat): Confirmed {
    const at = this.#asKnown(id, stat);
    if (at === undefined) return "other";
    if (stat.type === "file" && this.#confirming.readsContent) return "unproven";
    if (stat.type !== "file" && !this.#known.hasProof(at, proofOf(undefined))) return "other";
    this.#known.see(at);
    return "known";
  }

  /** By the SHA-256 of the content of a file that was `unproven`. Returns false where it is other than it is known. */
  prove(id: string, sha256: string): boolean {
    const at = this.#known.find(digestWords(this.#confirming.keys.other + id));
    if (at === undefined || !this.#known.hasProof(at, proofOf(sha256))) return false;
    this.#known.see(at);
    return true;
  }

  #asKnown(id: string, stat: FileStat): number | undefined {
    const { keys, naming } = this.#confirming;
    const at = this.#known.find(digestWords((stat.type === "directory" ? keys.directory : keys.other) + id));
    if (at === undefined) return undefined;
    const sign = signOf(stat, naming);
    if (sign === undefined || !this.#known.hasSign(at, sign)) return undefined;
    if (!naming.users.has(stat.uid)) this.users.add(stat.uid);
    if (!naming.groups.has(stat.gid)) this.groups.add(stat.gid);
    return at;
  }
}
