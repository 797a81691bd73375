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
export function mapConcurrently<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  map: (element: T) => Promise<R>,
): AsyncIterable<R> {
  // The workers share the iterator: whoever is free takes the next element.
  const elements = source[Symbol.asyncIterator]();
  const worker = async function* (): AsyncGenerator<R> {
    try {
      for (;;) {
        const next = await elements.next();
        if (next.done === true) return;
        yield await map(next.value);
      }
    } finally {
      await elements.return?.();
    }
  };
  return mergeStreams(Array.from({ length: limit }, worker));
}

/** Yields the elements of batches one by one. */
export async function* eachOf<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T, void> {
  for await (const batch of batches) yield* batch;
}

/** Yields each element as a batch of its own. */
export async function* inOnes<T>(elements: AsyncIterable<T>): AsyncGenerator<readonly T[], void> {
  for await (const element of elements) yield [element];
}
