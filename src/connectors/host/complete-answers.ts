import { isListing, type Listing, type Observation } from "../../model/observation.ts";
import type { ResourceRef } from "../../model/resource.ts";
import type { KindRequest } from "./kind.ts";

/** One kind that is read at one place. */
export interface KindReading {
  readonly kind: string;
  readonly request: KindRequest;
}

type Answer = Observation | Listing;

/**
 * What `read` answers, and an `unchecked` or `unlisted` for all that it leaves unanswered, so that a kind which fails costs
 * nothing but its own answers. @throws the signal's reason once it is aborted
 */
export async function* completeAnswers(
  readings: readonly KindReading[],
  read: () => AsyncIterable<readonly Answer[]>,
): AsyncGenerator<readonly Answer[], void> {
  const open = new OpenAnswers(readings);
  let reason = "it was not answered";
  try {
    for await (const answers of read()) {
      for (const answer of answers) open.close(answer);
      yield answers;
    }
  } catch (error) {
    for (const { request } of readings) request.signal.throwIfAborted();
    reason = error instanceof Error ? error.message : String(error);
  }
  yield [...open.answer(reason)];
}

/** The answers still due. */
class OpenAnswers {
  readonly #readings: readonly KindReading[];
  /** By kind and id. */
  readonly #resources: ReadonlyMap<string, Map<string, ResourceRef>>;
  readonly #listings: Set<string>;

  constructor(readings: readonly KindReading[]) {
    this.#readings = readings;
    this.#resources = new Map(
      readings.map(({ kind, request }) => [
        kind,
        new Map(request.asked.map(({ resource }) => [resource.id, resource])),
      ]),
    );
    this.#listings = new Set(
      readings.filter(({ request }) => request.inScope !== undefined).map((reading) => reading.kind),
    );
  }

  close(answer: Answer): void {
    if (isListing(answer)) this.#listings.delete(answer.kind);
    else this.#resources.get(answer.resource.kind)?.delete(answer.resource.id);
  }

  *answer(why: string): Generator<Answer, void> {
    for (const { kind, request } of this.#readings) {
      const observedAt = request.now();
      for (const resource of this.#resources.get(kind)?.values() ?? []) {
        const detail = `Cannot read ${kind} "${resource.id}": ${why}`;
        yield { resource, observedAt, status: "unchecked", reason: "failed", detail };
      }
      if (!this.#listings.has(kind)) continue;
      yield {
        kind,
        at: request.at,
        observedAt,
        status: "unlisted",
        reason: "failed",
        detail: `Cannot list ${kind}: ${why}`,
      };
    }
  }
}
