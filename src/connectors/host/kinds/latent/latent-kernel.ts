import { orderVersions } from "../../../../compare/semantics/version.ts";
import { toByteText, valueText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import type { Unread } from "../table.ts";
import { hiddenLatent, type LatentSource, latentEntry, NOTHING_LATENT } from "./latent-source.ts";

const RUNNING = "/proc/sys/kernel/osrelease";
const COMMAND_LINE = "/proc/cmdline";
const BOOT = "/boot";
/** Kernels of distributions, with their release in the name; not what stands there for rescue or was replaced. */
const KERNEL = /^(?:vmlinuz|vmlinux|kernel|bzImage|Image)-(\d.*)$/;
const NO_KERNEL = /rescue|\.(?:old|bak|hmac|sig|signed|unsigned|dpkg-[a-z]+|rpm[a-z]+|efi\.signed)$|^0-/;

/** The kernel that runs against the newest that is installed. */
export const latentKernel: LatentSource = {
  start: "kernel:",
  permissions: [
    {
      access: `${RUNNING}, ${COMMAND_LINE}, ${BOOT}`,
      needs: "anyone, where all may list the folder",
      without: "whether a newer kernel waits for the next start",
    },
  ],
  async read({ transport, signal, container }) {
    const [isContainer, release, commandLine, installed] = await Promise.all([
      container,
      transport.readFile(hostPath(RUNNING)),
      transport.readFile(hostPath(COMMAND_LINE)),
      installedKernels(),
    ]);
    if (isContainer === true) return NOTHING_LATENT;
    if (isContainer !== false) return hiddenLatent(isContainer);
    if (!release.ok) return hiddenLatent(unreadOf(release));
    if (!Array.isArray(installed)) return hiddenLatent(installed);
    const running = toByteText(release.value).trim();
    // Only for a kernel that is not installed does it matter what it was booted from.
    if (!commandLine.ok && !installed.includes(running)) return hiddenLatent(unreadOf(commandLine));
    const next = nextKernel(running, installed, commandLine.ok ? toByteText(commandLine.value) : "");
    if (next === undefined) return NOTHING_LATENT;
    return { entries: new Map([["kernel:running", latentEntry(valueText(running), valueText(next))]]), hidden: [] };

    async function installedKernels(): Promise<string[] | Unread> {
      const names: string[] = [];
      const isRoot = (path: Uint8Array) => toByteText(path) === BOOT;
      for await (const { path, stat, unlisted } of transport.walk(hostPath(BOOT), { enter: isRoot, signal })) {
        const failure = unlisted ?? stat;
        if (!failure.ok) return unreadOf(failure);
        if (stat.ok && stat.value.type === "file") names.push(toByteText(path).slice(BOOT.length + 1));
      }
      return kernelReleases(names);
    }
  },
};

/** The releases of the kernels among the names of files. */
export function kernelReleases(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const release = KERNEL.exec(name)?.[1];
    return release === undefined || NO_KERNEL.test(release) ? [] : [release];
  });
}

/**
 * The kernel that the next start takes, if that is another: the newest installed one. A kernel that is not among them comes from
 * elsewhere (a hypervisor gives it), unless the boot loader says that it took it from here.
 */
export function nextKernel(running: string, installed: readonly string[], commandLine: string): string | undefined {
  const wasHere = installed.includes(running) || bootImage(commandLine).endsWith(`-${running}`);
  if (!wasHere) return undefined;
  const newest = [...installed].sort((a, b) => orderReleases(a, b)).at(-1);
  return newest === running ? undefined : newest;
}

function bootImage(commandLine: string): string {
  return /(?:^|\s)BOOT_IMAGE=(\S+)/.exec(commandLine)?.[1] ?? "";
}

/** A release is one version from end to end: its hyphens part no revision from it. */
function orderReleases(a: string, b: string): number {
  return orderVersions(a.replaceAll("-", "."), b.replaceAll("-", ".")) ?? (a < b ? -1 : 1);
}
