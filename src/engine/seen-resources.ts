import { DIGEST_WORDS as WORDS } from "../model/digest-words.ts";
import type { ResourceRef } from "../model/resource.ts";
import { digestWords } from "./identity.ts";

const FIRST_CAPACITY = 1024;
/** How full the table may be: beyond, looking up takes many steps. */
const LOAD = 0.5;

/**
 * A set of resources that takes 16 to 64 bytes for each, whatever its id is, so that a million of them fit where their names would
 * not.
 */
export class SeenResources {
  #table = new Uint32Array(FIRST_CAPACITY * WORDS);
  #size = 0;

  /** Returns false when it was there before. */
  add(resource: ResourceRef): boolean {
    if ((this.#size + 1) * WORDS > this.#table.length * LOAD) this.#grow();
    if (!insert(this.#table, digestWords(resource))) return false;
    this.#size += 1;
    return true;
  }

  has(resource: ResourceRef): boolean {
    const digest = digestWords(resource);
    return isAt(this.#table, slotOf(this.#table, digest), digest);
  }

  #grow(): void {
    const larger = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < this.#table.length; at += WORDS) {
      const digest = this.#table.subarray(at, at + WORDS);
      if (!isFree(this.#table, at)) insert(larger, digest);
    }
    this.#table = larger;
  }
}

function insert(table: Uint32Array, digest: Uint32Array): boolean {
  const slot = slotOf(table, digest);
  if (isAt(table, slot, digest)) return false;
  table.set(digest, slot);
  return true;
}

/** Where the digest stands, or would stand. There is always a free place. */
function slotOf(table: Uint32Array, digest: Uint32Array): number {
  const capacity = table.length / WORDS;
  let place = (digest[0] ?? 0) % capacity;
  while (!isFree(table, place * WORDS) && !isAt(table, place * WORDS, digest)) place = (place + 1) % capacity;
  return place * WORDS;
}

function isFree(table: Uint32Array, at: number): boolean {
  return table[at] === 0 && table[at + 1] === 0 && table[at + 2] === 0 && table[at + 3] === 0;
}

function isAt(table: Uint32Array, at: number, digest: Uint32Array): boolean {
  return (
    table[at] === digest[0] && table[at + 1] === digest[1] && table[at + 2] === digest[2] && table[at + 3] === digest[3]
  );
}
