import { DIGEST_WORDS } from "./digest-words.ts";

/**
 * The state of one resource, in digests. Of the same resource equal fingerprints promise equal observations, but for the time: so
 * whatever a connector derives an observation from must have a part in them.
 */
export interface Fingerprint {
  /** Of all that is cheap to read. Whenever anything of the resource changes, by any means but malice or damage, so does this. */
  readonly sign: Uint32Array;
  /** Of all that must be read to be sure. */
  readonly proof: Uint32Array;
}

/** Key, sign and proof. */
const STORED_WORDS = 3 * DIGEST_WORDS;
/** A word for whether it was seen. */
const WORDS = STORED_WORDS + 1;
const SIGN = DIGEST_WORDS;
const PROOF = 2 * DIGEST_WORDS;
const SEEN = 3 * DIGEST_WORDS;
/** How full the table is at most: beyond, looking up takes many steps. */
const LOAD = 0.6;
const PART_RECORDS = 16_384;

/**
 * Under which fingerprint each of very many resources was in sync, in one buffer that threads share: 52 bytes for each place, of
 * which three in five are taken. Its places are fixed when it is made. The key of a resource is the digest words of the SHA-256 of
 * its `resourceKey`.
 */
export class KnownStates {
  readonly buffer: SharedArrayBuffer;
  readonly #table: Uint32Array;
  readonly #places: number;

  /** @param from how many resources it has room for, or the buffer of another one, which it shares */
  constructor(from: number | SharedArrayBuffer) {
    this.buffer = typeof from === "number" ? new SharedArrayBuffer(Math.ceil((from + 1) / LOAD) * WORDS * 4) : from;
    this.#table = new Uint32Array(this.buffer);
    this.#places = this.#table.length / WORDS;
  }

  /** How many resources a part has. */
  static countIn(records: Uint32Array): number {
    return Math.floor(records.length / STORED_WORDS);
  }

  /** How many resources are in it. */
  get size(): number {
    return this.#count((at) => !this.#isFree(at));
  }

  /** How many of them were seen. */
  get seen(): number {
    return this.#count((at) => this.#table[at + SEEN] === 1);
  }

  /** Where a resource stands, by its key; undefined where it is not known. */
  find(key: Uint32Array): number | undefined {
    const at = this.#placeOf(key);
    return this.#isFree(at) ? undefined : at;
  }

  hasSign(at: number, sign: Uint32Array): boolean {
    return this.#isAt(at + SIGN, sign);
  }

  hasProof(at: number, proof: Uint32Array): boolean {
    return this.#isAt(at + PROOF, proof);
  }

  /** Notes that a resource was found to be as it is known. */
  see(at: number): void {
    this.#table[at + SEEN] = 1;
  }

  isSeen(key: Uint32Array): boolean {
    const at = this.find(key);
    return at !== undefined && this.#table[at + SEEN] === 1;
  }

  /** @param records as `parts` gave them */
  addPart(records: Uint32Array): void {
    const table = this.#table;
    const key = new Uint32Array(DIGEST_WORDS);
    for (let from = 0; from + STORED_WORDS <= records.length; from += STORED_WORDS) {
      for (let word = 0; word < DIGEST_WORDS; word += 1) key[word] = records[from + word] ?? 0;
      const at = this.#placeOf(key);
      for (let word = 0; word < STORED_WORDS; word += 1) table[at + word] = records[from + word] ?? 0;
    }
  }

  /** What was seen, to be kept. */
  *parts(): Generator<Uint32Array> {
    const records = new KnownRecords();
    for (let at = 0; at < this.#table.length; at += WORDS) {
      if (this.#table[at + SEEN] === 1) records.addWords(this.#table.subarray(at, at + STORED_WORDS));
      if (records.size === PART_RECORDS) yield records.take();
    }
    if (records.size > 0) yield records.take();
  }

  #count(is: (at: number) => boolean): number {
    let count = 0;
    for (let at = 0; at < this.#table.length; at += WORDS) if (is(at)) count += 1;
    return count;
  }

  /** Where the key stands, or would stand: a free place is always left. */
  #placeOf(key: Uint32Array): number {
    const { length } = this.#table;
    let at = ((key[0] ?? 0) % this.#places) * WORDS;
    while (!this.#isFree(at) && !this.#isAt(at, key)) at = at + WORDS < length ? at + WORDS : 0;
    return at;
  }

  #isFree(at: number): boolean {
    const table = this.#table;
    return table[at] === 0 && table[at + 1] === 0 && table[at + 2] === 0 && table[at + 3] === 0;
  }

  #isAt(at: number, words: Uint32Array): boolean {
    const table = this.#table;
    return (
      table[at] === words[0] && table[at + 1] === words[1] && table[at + 2] === words[2] && table[at + 3] === words[3]
    );
  }
}

/** Resources and their fingerprints as they come, to be kept. */
export class KnownRecords {
  #words = new Uint32Array(1024 * STORED_WORDS);
  #length = 0;

  get size(): number {
    return this.#length / STORED_WORDS;
  }

  /** The resource must not have been added before. */
  add(key: Uint32Array, { sign, proof }: Fingerprint): void {
    const record = new Uint32Array(STORED_WORDS);
    record.set(key);
    record.set(sign, SIGN);
    record.set(proof, PROOF);
    this.addWords(record);
  }

  addWords(record: Uint32Array): void {
    if (this.#length + STORED_WORDS > this.#words.length) {
      const larger = new Uint32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words.set(record, this.#length);
    this.#length += STORED_WORDS;
  }

  /** All that was added since, which it gives away. */
  take(): Uint32Array {
    const taken = this.#words.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
