import type { Capabilities } from "./connection.ts";
import { type Collected, collect } from "./job.ts";
import type { Lane } from "./lane.ts";

/** A host that is connected to, and how its reads go there. */
export interface Site {
  readonly capabilities: Capabilities;
  readonly nonce: string;
  readonly timeoutMs: number;
  /** Whether each program runs through sudo. */
  readonly sudo: boolean;
  readonly reads: Lane;
  /** How many share the reads, as long as none is held up. */
  readonly readers: number;
  /** Apart from the others: a walk that nobody takes from holds up whatever stands behind it. */
  readonly walks: Lane;
}

/** What sudo says before it runs the program all the same. */
const ASIDE = /^sudo: unable to resolve host .*\n/gm;

export interface AskOptions {
  readonly timeoutMs?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly isQuick?: boolean;
}

/** What the lists of a thousand long paths take, and more. */
const MAX_BYTES = 64 * 1024 * 1024;

export async function ask(site: Site, script: string, options: AskOptions = {}): Promise<Collected> {
  const collected = await collect(script, {
    timeoutMs: options.timeoutMs ?? site.timeoutMs,
    maxBytes: options.maxBytes ?? MAX_BYTES,
    signal: options.signal,
    isQuick: options.isQuick,
    submit: site.reads.submit,
    abandon: site.reads.abandon,
  });
  if (!site.sudo || collected.how !== "done") return collected;
  return { ...collected, stderr: collected.stderr.replaceAll(ASIDE, "") };
}
