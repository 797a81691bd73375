import { type ByteText, idText, linesOf, valueText } from "../bytes.ts";
import { command, commandPermission, hostPath, runCommand, unreadOf } from "../command.ts";
import { isMadeUp, readFstab } from "../kernel/mount.ts";
import { FSTAB, type Fstab } from "../kernel/parse-fstab.ts";
import { MOUNTINFO, type Mount, parseMountinfo } from "../kernel/parse-mountinfo.ts";
import type { Entry } from "../table.ts";
import { judgeMount, type LatentMount, unlistedMount } from "./judge-mounts.ts";
import { latentDriftFacts } from "./latent-drift.facts.ts";
import { hiddenLatent, type Latent, type LatentSource, latentEntry, NOTHING_LATENT } from "./latent-source.ts";

/** Every mount with the file of its unit: one that only the kernel knows of has none. */
const UNITS = command("systemctl", "show", "--all", "--type=mount", "--property=Where,FragmentPath", "*");

/** What is mounted against fstab and the units that mount at a start. */
export const latentMounts: LatentSource = {
  start: "mount:",
  permissions: [
    {
      access: `${MOUNTINFO}, ${FSTAB}`,
      needs: "anyone",
      without: "mounts that differ from what is set up",
    },
    commandPermission(UNITS, {
      kinds: [latentDriftFacts.kind],
      needs: "anyone where the system bus runs, else root",
      without: "mounts that differ from what is set up",
    }),
  ],
  async read({ transport, signal, booted, container }) {
    const [isContainer, isBooted, mountinfo, fstab, units] = await Promise.all([
      container,
      booted,
      transport.readFile(hostPath(MOUNTINFO)),
      readFstab(transport),
      runCommand(transport, UNITS, { signal }),
    ]);
    if (isContainer === true) return NOTHING_LATENT;
    if (isContainer !== false) return hiddenLatent(isContainer);
    if (isBooted !== true && isBooted !== false) return hiddenLatent(isBooted);
    if (!mountinfo.ok) return hiddenLatent(unreadOf(mountinfo));
    if ("status" in fstab) return hiddenLatent(fstab);
    const { mounts, hidden } = parseMountinfo(mountinfo.value);
    const problems = [...hidden, ...(fstab.mistake === undefined ? [] : [fstab.mistake])];
    // Without systemd nothing but fstab mounts at a start.
    if (isBooted && units.status === "unchecked") problems.push(units);
    const byUnit = isBooted && units.status === "done" ? pointsOfUnits(units.stdout) : new Set<ByteText>();
    return {
      entries: problems.length > 0 ? new Map() : compare(mounts, fstab, byUnit),
      hidden: problems,
    } satisfies Latent;
  },
};

function pointsOfUnits(stdout: Uint8Array): ReadonlySet<ByteText> {
  const points = new Set<ByteText>();
  let where: ByteText | undefined;
  let hasFile = false;
  for (const line of [...linesOf(stdout), ""]) {
    if (line.startsWith("Where=")) where = line.slice("Where=".length);
    else if (line.startsWith("FragmentPath=")) hasFile = line !== "FragmentPath=";
    else if (line === "") {
      if (where !== undefined && hasFile) points.add(where);
      where = undefined;
      hasFile = false;
    }
  }
  return points;
}

function compare(
  mounts: readonly Mount[],
  { entries }: Fstab,
  byUnit: ReadonlySet<ByteText>,
): ReadonlyMap<string, Entry> {
  const shown = new Map(mounts.map((mount) => [mount.point, mount]));
  const automounts = mounts.filter(({ fstype }) => fstype === "autofs").map(({ point }) => `${point}/`);
  const found: [ByteText, LatentMount | undefined][] = [...entries].map(([point, entry]) => [
    point,
    judgeMount(entry, shown.get(point)),
  ]);
  for (const [point, mount] of shown) {
    const isListed = point === "/" || entries.has(point) || byUnit.has(point);
    if (isListed || isMadeUp(mount) || mount.fstype === "zfs") continue;
    if (!automounts.some((start) => point.startsWith(start))) found.push([point, unlistedMount(mount)]);
  }
  return new Map(
    found.flatMap(([point, latent]): [string, Entry][] =>
      latent === undefined
        ? []
        : [[`mount:${idText(point)}`, latentEntry(valueText(latent.running), valueText(latent.persisted))]],
    ),
  );
}
