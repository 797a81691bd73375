import { setTimeout as sleep } from "node:timers/promises";
import { KnownError } from "../errors.ts";
import { addMs, type Instant } from "../model/time.ts";
import { type Engine, storeNow, type Tx } from "./engine.ts";
import { isGone, type ProcessIdentity, thisProcess } from "./holder.ts";
import type { Lease, LeaseHolder, LeaseOptions } from "./store.ts";
import type { LeaseTable } from "./tables.ts";

/** A holder that does not renew for this long, on the store's clock, may be succeeded. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
const POLL_MS = 100;

/** Leases that this process gave back and the store could not note, because its disk was full: nobody holds them. */
const unreturned = new Set<string>();

/** Takes a target; see `Store.acquireLease`. */
export async function acquireLease(engine: Engine, target: string, options: LeaseOptions): Promise<Lease> {
  const self = await thisProcess();
  const giveUpAt = performance.now() + options.waitMs;
  let told = false;
  for (;;) {
    refuseInterrupted(target, options.signal);
    const taken = await tryTake(engine, target, self);
    if ("token" in taken) return new HeldLease(engine, target, taken.token);
    if (!told) options.onWait?.(taken);
    told = true;
    const leftMs = giveUpAt - performance.now();
    if (leftMs <= 0) throw busy(target, taken);
    await sleep(Math.min(POLL_MS, leftMs), undefined, { signal: options.signal }).catch(() => undefined);
  }
}

function refuseInterrupted(target: string, signal: AbortSignal): void {
  if (signal.aborted) {
    throw new KnownError("INTERRUPTED", `Cannot take target "${target}": interrupted`, { cause: signal.reason });
  }
}

function busy(target: string, holder: LeaseHolder): KnownError {
  const { pid, host, since } = holder;
  return new KnownError(
    "STORE_BUSY",
    `Cannot take target "${target}": process ${pid} on "${host}" has held it since ${since}`,
    { hint: "Wait until it is done, or end that process" },
  );
}

async function tryTake(
  engine: Engine,
  target: string,
  self: ProcessIdentity,
): Promise<{ readonly token: number } | LeaseHolder> {
  const before = await readLease(engine.db, target);
  const dead = before !== undefined && (await isHeldByNobody(engine, before, self));
  return await engine.db.transaction().execute(async (tx) => {
    const row = await readLease(tx, target);
    const now = await storeNow(engine, tx);
    const isSame = row?.token === before?.token;
    const isFree = row === undefined || row.pid === null || row.expires_at <= now || (dead && isSame);
    // A free lease has no holder, every other one has.
    if (!isFree) return { host: row.host, pid: row.pid ?? 0, since: row.since };
    const token = (row?.token ?? 0) + 1;
    await writeLease(tx, { ...leaseRow(self, now), target, token });
    return { token };
  });
}

async function isHeldByNobody(engine: Engine, row: LeaseTable, self: ProcessIdentity): Promise<boolean> {
  if (row.pid === null) return false;
  const isOwn = row.pid === self.pid && row.machine === self.machine && row.process_start === self.processStart;
  if (isOwn && unreturned.has(keyOf(engine, row))) return true;
  return await isGone(identityOf(row, row.pid), self);
}

function keyOf({ label }: Engine, { target, token }: Pick<LeaseTable, "target" | "token">): string {
  return `${label}\0${target}\0${token}`;
}

function identityOf(row: LeaseTable, pid: number): ProcessIdentity {
  return { host: row.host, pid, machine: row.machine, processStart: row.process_start };
}

function leaseRow(
  { pid, host, machine, processStart }: ProcessIdentity,
  now: Instant,
): Omit<LeaseTable, "target" | "token"> {
  return { pid, host, machine, process_start: processStart, since: now, expires_at: addMs(now, LEASE_MS) };
}

async function readLease(db: Engine["db"] | Tx, target: string): Promise<LeaseTable | undefined> {
  return await db.selectFrom("leases").selectAll().where("target", "=", target).executeTakeFirst();
}

async function writeLease(tx: Tx, row: LeaseTable): Promise<void> {
  const { target: _, ...rest } = row;
  await tx
    .insertInto("leases")
    .values(row)
    .onConflict((conflict) => conflict.column("target").doUpdateSet(rest))
    .execute();
}

/**
 * Fails unless the lease is still this process's own, so that one who was succeeded writes nothing more. Must be part of
 * every transaction that writes under a lease.
 */
export async function requireLease(tx: Tx, { target, token }: Lease): Promise<void> {
  const row = await readLease(tx, target);
  if (row?.token === token && row.pid !== null) return;
  const successor = row?.pid == null ? "it was given back" : `process ${row.pid} on "${row.host}" has taken it over`;
  throw new KnownError("STORE_BUSY", `Cannot write to target "${target}": ${successor}`, {
    hint: "Run the scan again; nothing of this one is kept",
  });
}

class HeldLease implements Lease {
  readonly target: string;
  readonly token: number;
  readonly #engine: Engine;
  readonly #timer: NodeJS.Timeout;
  #renewing: Promise<void> = Promise.resolve();

  constructor(engine: Engine, target: string, token: number) {
    this.target = target;
    this.token = token;
    this.#engine = engine;
    this.#timer = setInterval(() => {
      this.#renewing = this.#renew();
      // It is heard of when the lease is given back, which waits for the renewal.
      this.#renewing.catch(() => clearInterval(this.#timer));
    }, RENEW_MS);
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    await this.#update(async (tx) => ({ expires_at: addMs(await storeNow(this.#engine, tx), LEASE_MS) }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    const isNoted = await this.#update(async () => ({ pid: null }));
    if (!isNoted) unreturned.add(keyOf(this.#engine, this));
  }

  /**
   * A renewal or return that the store refuses now (its disk is full) must not hide what the process fails with: the lease
   * ends by itself, and a write under a lost one fails on its own. @returns whether it was noted
   */
  async #update(change: (tx: Tx) => Promise<Partial<LeaseTable>>): Promise<boolean> {
    try {
      await this.#engine.db.transaction().execute(async (tx) => {
        const mine = tx.updateTable("leases").where("target", "=", this.target).where("token", "=", this.token);
        await mine.set(await change(tx)).execute();
      });
      return true;
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      return false;
    }
  }
}
