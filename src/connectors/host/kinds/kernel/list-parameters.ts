import type { Transport, WalkEntry } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { hostPath } from "../command.ts";
import { SYSCTL_ROOT } from "./sysctl-key.ts";

/** Looking into it makes systemd mount it; what stands there are registered formats, no parameters. */
const NOT_ENTERED = `${SYSCTL_ROOT}/fs/binfmt_misc`;

type Entries = Promise<readonly WalkEntry[]>;

const underWay = new WeakMap<Transport, WeakMap<AbortSignal, Entries>>();

/** All that stands where the kernel shows its parameters. Several who ask at the same time share one walk; none that has ended is used again. */
export async function listParameters(transport: Transport, signal: AbortSignal): Entries {
  const ofHost = underWay.get(transport) ?? new WeakMap<AbortSignal, Entries>();
  underWay.set(transport, ofHost);
  const walk = ofHost.get(signal) ?? walkParameters(transport, signal);
  ofHost.set(signal, walk);
  try {
    return await walk;
  } finally {
    ofHost.delete(signal);
  }
}

async function walkParameters(transport: Transport, signal: AbortSignal): Promise<readonly WalkEntry[]> {
  const entries: WalkEntry[] = [];
  const enter = (path: Uint8Array) => toByteText(path) !== NOT_ENTERED;
  const entersAll = (path: Uint8Array) => !`${NOT_ENTERED}/`.startsWith(`${toByteText(path)}/`);
  const options = { enter, entersAll, signal };
  for await (const entry of transport.walk(hostPath(SYSCTL_ROOT), options)) entries.push(entry);
  return entries;
}
