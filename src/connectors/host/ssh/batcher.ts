import type { HostPath } from "../transport.ts";
import { byteText } from "./shell-text.ts";

export interface Asked<T> {
  readonly path: HostPath;
  readonly answer: (value: T) => void;
}

export interface BatcherParts<T> {
  readonly most: number;
  /** At least so many batches are made where there is enough for them, so that workers share the work. */
  readonly shares?: number;
  readonly ask: (batch: readonly Asked<T>[]) => void;
}

/** What a system takes as the arguments of a program, with room to spare: paths may stand in it twice. */
const MAX_PATH_BYTES = 48 * 1024;
const FEWEST = 8;

/** Gathers what is asked in one turn of the event loop. Whoever asks for a path that is under way gets the same answer. */
export class Batcher<T> {
  readonly #parts: BatcherParts<T>;
  #asked: Asked<T>[] = [];
  readonly #underWay = new Map<string, Promise<T>>();

  constructor(parts: BatcherParts<T>) {
    this.#parts = parts;
  }

  ask(path: HostPath): Promise<T> {
    const text = byteText(path);
    const same = this.#underWay.get(text);
    if (same !== undefined) return same;
    const asked = new Promise<T>((resolve) => {
      if (this.#asked.length === 0) setImmediate(() => this.#flush());
      const answer = (value: T) => {
        this.#underWay.delete(text);
        resolve(value);
      };
      this.#asked.push({ path, answer });
    });
    this.#underWay.set(text, asked);
    return asked;
  }

  #flush(): void {
    const { most, shares = 1, ask } = this.#parts;
    const all = this.#asked;
    this.#asked = [];
    const limit = Math.min(most, Math.max(FEWEST, Math.ceil(all.length / shares)));
    for (const batch of cut(all, limit, ({ path }) => path)) ask(batch);
  }
}

/** Pieces of a list, none with more elements or longer paths than a program takes. */
export function cut<T>(all: readonly T[], most: number, pathOf: (element: T) => HostPath): readonly (readonly T[])[] {
  const pieces: T[][] = [];
  let piece: T[] = [];
  let bytes = 0;
  for (const element of all) {
    const { length } = pathOf(element);
    if (piece.length === most || (piece.length > 0 && bytes + length > MAX_PATH_BYTES)) {
      pieces.push(piece);
      piece = [];
      bytes = 0;
    }
    piece.push(element);
    bytes += length;
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}
