import type { Permission } from "../../../connector.ts";
import type { HostSettings } from "../settings.ts";

/** Stands for arguments that differ from read to read; so does it in a line of sudoers. */
const ANY = "*";

/** The programs that carry reads of paths over SSH, whatever kind asks for them. */
const CARRIERS: readonly (readonly [argv: readonly [string, ...string[]], without: string])[] = [
  [["find", ANY], "what paths are, what folders hold, and the content of files"],
  [["stat", ANY], "what paths are, where find prints no formats (busybox)"],
  [["readlink", "-n", "--", ANY], "where links point to"],
  [["sha256sum", ANY], "sha256 of files"],
  [["md5sum", ANY], "whether files are as dpkg installed them"],
  [["sha1sum", ANY], "whether files are as apk installed them"],
  [["cat", "--", ANY], "the content of files that the kinds read"],
  [["kill", "-9", ANY], "ending what did not answer in time"],
];
/** Folders of programs as sudo knows them; the rest stand in /usr/bin. */
const SBIN = new Set(
  "arptables ebtables ip6tables-save iptables-save nft sshd sysctl iptables ip6tables getcap".split(" "),
);

/** What runs on hosts over SSH besides what the kinds say, and with `sudo: true` the lines that sudoers needs. Does no I/O. */
export function sshPermissions(settings: HostSettings, ofKinds: readonly Permission[]): readonly Permission[] {
  const entries = settings.hosts ?? [];
  const maps = entries.filter((entry) => typeof entry !== "string");
  const isRemote = (host: string) => host !== "local";
  const hasInventory = settings.inventory !== undefined;
  if (!hasInventory && !entries.some((entry) => isRemote(typeof entry === "string" ? entry : entry.host))) return [];
  const carried = CARRIERS.map(([argv, without]): Permission => {
    const access = argv.join(" ").replace(ANY, "ARGUMENT…");
    return { kinds: ["host/*"], access, argv, needs: "the user that logs in, or root through sudo -n", without };
  });
  // An inventory says itself who becomes root; that is known only once it is read.
  const becomesRoot = hasInventory || settings.ssh?.sudo === true || maps.some(({ sudo }) => sudo === true);
  return becomesRoot ? [...carried, ...sudoers([...ofKinds, ...carried])] : carried;
}

function sudoers(permissions: readonly Permission[]): readonly Permission[] {
  return permissions.flatMap(({ kinds, argv, without }): Permission[] => {
    if (argv === undefined) return [];
    const access = `USER ALL=(root) NOPASSWD: ${sudoersCommand(argv)}`;
    return [{ kinds, access, needs: "a line of sudoers, where a host has sudo: true", without }];
  });
}

/** A command as sudoers(5) writes it: with its folder, and with a backslash before what else has a meaning there. */
export function sudoersCommand([program = "", ...args]: readonly string[]): string {
  const path = program.startsWith("/") ? program : `${SBIN.has(program) ? "/usr/sbin" : "/usr/bin"}/${program}`;
  return [path, ...args.map((argument) => (argument === ANY ? ANY : escaped(argument)))].join(" ");
}

function escaped(argument: string): string {
  return argument.replaceAll(/[\\,:=*?[\]!#"]/g, "\\$&");
}
