import type { Permission } from "../../../../connector.ts";
import type { Transport } from "../../transport.ts";
import { hostPath, unreadOf } from "../command.ts";
import type { Entry, Unread } from "../table.ts";

/** One place where a host can run otherwise than it is set up to. */
export interface LatentSource {
  /** What the ids of this source begin with. */
  readonly start: string;
  readonly permissions: readonly Omit<Permission, "kinds">[];
  /** Finds only what differs. Must not wait for another source. */
  read(host: LatentHost): Promise<Latent>;
}

/** What the sources share of a host; each promise is one read, however many wait for it. */
export interface LatentHost {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** Whether systemd is in charge. */
  readonly booted: Promise<boolean | Unread>;
  /** Whether it is a container, which has the kernel, the mounts and the modules of another. */
  readonly container: Promise<boolean | Unread>;
}

/** What differs, by id, and what could not be told. */
export interface Latent {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly hidden: readonly Unread[];
}

export const NOTHING_LATENT: Latent = { entries: new Map(), hidden: [] };

export function hiddenLatent(why: Unread): Latent {
  return { entries: new Map(), hidden: [why] };
}

/** When what is persisted comes into force: at the next start of the host, or of what runs. */
export type Moment = "reboot" | "restart";

/** Runs as `running`, and will be as `persisted`. */
export function latentEntry(running: string, persisted: string, when: Moment = "reboot"): Entry {
  return { status: "present", actual: { running, persisted, when } };
}

/** sd_booted(3): systemd is in charge where this folder is. */
export const BOOTED = "/run/systemd/system";
/** What systemd, Docker and Podman leave in a container. */
export const CONTAINER_MARKS = ["/run/systemd/container", "/.dockerenv", "/run/.containerenv"];

export function latentHost(transport: Transport, signal: AbortSignal): LatentHost {
  return {
    transport,
    signal,
    booted: anyExists([BOOTED], transport),
    container: anyExists(CONTAINER_MARKS, transport),
  };
}

async function anyExists(paths: readonly string[], transport: Transport): Promise<boolean | Unread> {
  const stats = await Promise.all(paths.map((path) => transport.stat(hostPath(path))));
  if (stats.some(({ ok }) => ok)) return true;
  const failure = stats.find((stat) => !stat.ok && stat.reason !== "absent");
  return failure === undefined || failure.ok ? false : unreadOf(failure);
}
