/**
 * Yields what several streams yield, as it comes. Each is asked for one element ahead. When one fails, or the reader stops, the
 * others are ended too, after `stop` was called to free them from whatever they wait for.
 */
export async function* mergeStreams<T>(
  streams: readonly AsyncIterable<T>[],
  stop: () => void = () => {},
): AsyncGenerator<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const arrived: Arrival<T>[] = [];
  let wake: () => void = () => {};
  const deliver = (arrival: Arrival<T>) => {
    arrived.push(arrival);
    wake();
  };
  const ask = (iterator: AsyncIterator<T>) => {
    iterator.next().then(
      (result) => deliver({ ok: true, iterator, result }),
      (error: unknown) => deliver({ ok: false, error }),
    );
  };
  try {
    for (const iterator of iterators) ask(iterator);
    for (let live = iterators.length; live > 0; ) {
      const arrival = arrived.shift();
      if (arrival === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (!arrival.ok) throw arrival.error;
      else if (arrival.result.done === true) live -= 1;
      else {
        ask(arrival.iterator);
        yield arrival.result.value;
      }
    }
  } finally {
    stop();
    await Promise.allSettled(iterators.map((iterator) => iterator.return?.()));
  }
}

type Arrival<T> =
  | { readonly ok: true; readonly iterator: AsyncIterator<T>; readonly result: IteratorResult<T> }
  | { readonly ok: false; readonly error: unknown };

/** Yields what many streams yield, as it comes, with at most `limit` of them under way; each is made at its turn. */
export function mergeSome<T>(
  streams: readonly (() => AsyncIterable<T>)[],
  limit: number,
  stop: () => void,
): AsyncGenerator<T> {
  const waiting = streams.values();
  const worker = async function* (): AsyncGenerator<T> {
    for (const start of waiting) yield* start();
  };
  return mergeStreams(Array.from({ length: Math.min(limit, streams.length) }, worker), stop);
}

/** Yields what `map` makes of each element, at most `limit` at once, in the order in which they are done. */
export async function* mapConcurrently<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  map: (element: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const mapping = new Mapping(source[Symbol.asyncIterator](), limit, map);
  try {
    for (let next = await mapping.next(); next !== undefined; next = await mapping.next()) yield next.value;
  } finally {
    await mapping.end();
  }
}

/** One of these for all elements: a stream for each that may be under way would cost more than what it maps. */
class Mapping<T, R> {
  readonly #source: AsyncIterator<T>;
  readonly #limit: number;
  readonly #map: (element: T) => Promise<R>;
  readonly #underWay = new Set<Promise<void>>();
  #done: { readonly value: R }[] = [];
  #taking: Promise<void> | undefined;
  #isEnd = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(source: AsyncIterator<T>, limit: number, map: (element: T) => Promise<R>) {
    this.#source = source;
    this.#limit = limit;
    this.#map = map;
  }

  /** Undefined at the end. */
  async next(): Promise<{ readonly value: R } | undefined> {
    for (;;) {
      this.#take();
      if (this.#failure !== undefined) throw this.#failure.error;
      const next = this.#done.shift();
      if (next !== undefined) return next;
      if (this.#isEnd && this.#underWay.size === 0) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Ends the source, once nothing of it is under way any more. */
  async end(): Promise<void> {
    this.#isEnd = true;
    await Promise.allSettled([this.#taking, ...this.#underWay]);
    await this.#source.return?.();
  }

  #take(): void {
    const isFull = this.#underWay.size + this.#done.length >= this.#limit;
    if (this.#taking !== undefined || this.#isEnd || isFull) return;
    this.#taking = this.#watch(
      this.#source.next().then((next) => {
        this.#taking = undefined;
        if (next.done === true) this.#isEnd = true;
        else if (!this.#isEnd) this.#start(next.value);
        this.#take();
      }),
    );
  }

  #start(element: T): void {
    const mapped = this.#watch(
      this.#map(element)
        .then((value) => {
          this.#done.push({ value });
        })
        .finally(() => this.#underWay.delete(mapped)),
    );
    this.#underWay.add(mapped);
  }

  async #watch(step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch (error) {
      this.#failure ??= { error };
      this.#isEnd = true;
    }
    this.#wake();
  }
}

/** Yields the elements of batches one by one. */
export async function* eachOf<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T, void> {
  for await (const batch of batches) yield* batch;
}

/** Yields each element as a batch of its own. */
export async function* inOnes<T>(elements: AsyncIterable<T>): AsyncGenerator<readonly T[], void> {
  for await (const element of elements) yield [element];
}
