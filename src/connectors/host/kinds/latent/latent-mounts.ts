import { type ByteText, idText, valueText } from "../bytes.ts";
import { command, commandPermission, hostPath, type Output, runCommand, unreadOf } from "../command.ts";
import { isMadeUp, readFstab } from "../kernel/mount.ts";
import { FSTAB, type Fstab } from "../kernel/parse-fstab.ts";
import { MOUNTINFO, type Mount, parseMountinfo } from "../kernel/parse-mountinfo.ts";
import { parseProperties } from "../systemd/parse-properties.ts";
import { type Entry, type Unread, unread } from "../table.ts";
import { judgeMount, type LatentMount, unlistedMount } from "./judge-mounts.ts";
import { latentDriftFacts } from "./latent-drift.facts.ts";
import { hiddenLatent, type Latent, type LatentSource, latentEntry, NOTHING_LATENT } from "./latent-source.ts";

/** Every mount with the file of its unit: one that only the kernel knows of has none. */
const UNITS = command("systemctl", "show", "--all", "--type=mount", "--property=Id,Where,FragmentPath", "*");

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
    const byUnit = isBooted ? pointsOfUnits(units) : new Set<ByteText>();
    if ("status" in byUnit) problems.push(byUnit);
    const isKnown = problems.length === 0 && !("status" in byUnit);
    return { entries: isKnown ? compare(mounts, fstab, byUnit) : new Map(), hidden: problems } satisfies Latent;
  },
};

/** What stands there only until the next start, but for what is made anew from elsewhere than fstab. */
const PASSING = /^(?:$|\/run\/(?!systemd\/generator\.))/;

/** The points of units that a file sets up; one that only the kernel knows of has none. */
function pointsOfUnits(output: Output | Unread): ReadonlySet<ByteText> | Unread {
  if (output.status === "unchecked") return output;
  const units = parseProperties(output.stdout);
  if (units.length === 0 || units.some((unit) => unit.value("Id") === ""))
    return unread("failed", 'Cannot read what "systemctl show" prints of mounts: a block is malformed');
  const lasting = units.filter((unit) => !PASSING.test(unit.value("FragmentPath")));
  return new Set(lasting.map((unit) => unit.value("Where")));
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
