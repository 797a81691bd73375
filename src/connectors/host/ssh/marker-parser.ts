export interface MarkerEvents {
  /** Bytes before the next marker; they are valid only during the call. */
  readonly data: (bytes: Buffer) => void;
  /** The text of a marker. */
  readonly marker: (text: string) => void;
}

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes at its markers: lines that begin with a word which nobody can guess. Whatever else stands between them is data
 * and comes out unchanged; the newline that comes before a marker belongs to the marker.
 */
export class MarkerParser {
  readonly #start: Buffer;
  readonly #events: MarkerEvents;
  /** What may be the beginning of a marker. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(nonce: string, events: MarkerEvents) {
    this.#start = Buffer.from(`\n${nonce} `, "latin1");
    this.#events = events;
  }

  feed(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const at = bytes.indexOf(this.#start);
      const end = at === -1 ? -1 : bytes.indexOf(NEWLINE, at + 1);
      if (end === -1) {
        const keepFrom = at === -1 ? this.#partialStart(bytes) : at;
        this.#emit(bytes.subarray(0, keepFrom));
        this.#rest = Buffer.from(bytes.subarray(keepFrom));
        return;
      }
      this.#emit(bytes.subarray(0, at));
      this.#events.marker(bytes.toString("latin1", at + this.#start.length, end));
      bytes = bytes.subarray(end + 1);
    }
  }

  #emit(bytes: Buffer): void {
    if (bytes.length > 0) this.#events.data(bytes);
  }

  /** Where a marker may begin that has not come whole yet. */
  #partialStart(bytes: Buffer): number {
    for (let at = Math.max(0, bytes.length - this.#start.length + 1); at < bytes.length; at += 1) {
      if (this.#start.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return at;
    }
    return bytes.length;
  }
}
