import { createHash } from "node:crypto";
import type { AttributeCases, KindCases } from "./attribute-case.ts";

const F = "/srv/tree/file";
const D = "/srv/tree/folder";
const INI = "/srv/tree/app.ini";
const freshFile = `mkdir -p ${D} && rm -rf ${F} && printf one > ${F} && chmod 644 ${F} && chown root:root ${F}`;
const owned = (path: string) =>
  `${freshFile} && useradd --badname -u 7001 ada 2>/dev/null; usermod -o -u 7001 ada && groupmod -o -g 7001 ada && chown ada:ada ${path}`;
const ONE = createHash("sha256").update("one").digest("hex");

/** Beside what must not change with them. */
const STANDING = { mode: "0644", owner: "root", group: "root" };
const acl = (path: string, entry: string) => `setfacl -m ${entry} ${path}`;

const FILE: AttributeCases = {
  "/acl": {
    id: F,
    declared: { ...STANDING, acl: ["user:nobody:r--", "group::r--"] },
    before: `${freshFile} && ${acl(F, "u:nobody:r")}`,
    change: acl(F, "g:adm:r"),
  },
  "/capabilities": {
    id: F,
    declared: { ...STANDING, capabilities: "cap_net_raw=ep" },
    before: `${freshFile} && setcap cap_net_raw=ep ${F}`,
    change: `setcap cap_net_raw,cap_net_admin=ep ${F}`,
  },
  "/selinux": {
    id: F,
    declared: { ...STANDING, selinux: "system_u:object_r:etc_t:s0" },
    before: `${freshFile} && setfattr -n security.selinux -v system_u:object_r:etc_t:s0 ${F}`,
    change: `setfattr -n security.selinux -v system_u:object_r:tmp_t:s0 ${F}`,
  },
  "/xattrs": {
    id: F,
    declared: { ...STANDING, xattrs: { "trusted.note": "one" } },
    before: `${freshFile} && setfattr -n trusted.note -v one ${F}`,
    change: `setfattr -n trusted.note -v two ${F}`,
    changed: "/xattrs/trusted.note",
  },
  "/settings": {
    id: INI,
    declared: {
      ...STANDING,
      settings: { app: { port: "80" } },
      sha256: createHash("sha256").update("[app]\nport = 80\n").digest("hex"),
    },
    before: `mkdir -p ${D} && printf '[app]\\nport = 80\\n' > ${INI} && chmod 644 ${INI}`,
    change: `printf '; by hand\\n[app]\\nport = 81\\n' > ${INI}`,
    changed: "/settings/app/port",
  },
  "/type": {
    id: F,
    declared: { type: "file", mode: "0644", owner: "root" },
    before: freshFile,
    change: `rm ${F} && mkfifo -m 644 ${F}`,
  },
  "/mode": {
    id: F,
    declared: { type: "file", mode: "0644", owner: "root", group: "root", sha256: ONE },
    before: freshFile,
    change: `chmod 4755 ${F}`,
  },
  "/owner": {
    id: F,
    declared: { mode: "0644", owner: "root", group: "root", sha256: ONE },
    before: freshFile,
    change: `chown nobody ${F}`,
  },
  "/group": {
    id: F,
    declared: { mode: "0644", owner: "root", group: "root", sha256: ONE },
    before: freshFile,
    change: `chgrp adm ${F}`,
  },
  "/uid": {
    id: F,
    declared: { owner: "ada", uid: 7001, gid: 7001 },
    before: owned(F),
    change: `usermod -o -u 7002 ada && chown ada ${F}`,
  },
  "/gid": {
    id: F,
    declared: { group: "ada", uid: 7001, gid: 7001 },
    before: owned(F),
    change: `groupmod -o -g 7003 ada && chgrp ada ${F}`,
  },
  "/size": { id: F, declared: { size: 3, mode: "0644" }, before: freshFile, change: `printf more >> ${F}` },
  "/sha256": {
    id: F,
    declared: { size: 3, mode: "0644", owner: "root", sha256: ONE },
    before: freshFile,
    change: `printf two > ${F}`,
  },
  "/link_target": {
    id: F,
    declared: { type: "link", link_target: "folder" },
    before: `${freshFile} && ln -sfn folder ${F}`,
    change: `ln -sfn elsewhere ${F}`,
  },
};
const freshFolder = `rm -rf ${D} && mkdir -p ${D} && chmod 755 ${D}`;
const FOLDER = { mode: "0755", owner: "root", group: "root" };
const DIRECTORY: AttributeCases = {
  "/acl": {
    id: D,
    declared: { ...FOLDER, acl: ["user:nobody:r-x", "group::r-x"] },
    before: `${freshFolder} && ${acl(D, "u:nobody:rx")}`,
    change: acl(D, "u:nobody:r"),
  },
  "/default_acl": {
    id: D,
    declared: {
      ...FOLDER,
      default_acl: ["user::rwx", "user:nobody:r-x", "group::r-x", "mask::r-x", "other::r-x"],
    },
    before: `${freshFolder} && setfacl -d -m u:nobody:rx ${D}`,
    change: `setfacl -d -m u:nobody:r ${D}`,
  },
  "/selinux": {
    id: D,
    declared: { ...FOLDER, selinux: "system_u:object_r:etc_t:s0" },
    before: `${freshFolder} && setfattr -n security.selinux -v system_u:object_r:etc_t:s0 ${D}`,
    change: `setfattr -n security.selinux -v system_u:object_r:tmp_t:s0 ${D}`,
  },
  "/xattrs": {
    id: D,
    declared: { ...FOLDER, xattrs: { "trusted.note": "one" } },
    before: `${freshFolder} && setfattr -n trusted.note -v one ${D}`,
    change: `setfattr -n trusted.note -v two ${D}`,
    changed: "/xattrs/trusted.note",
  },
  "/mode": {
    id: D,
    declared: { mode: "0755", owner: "root", group: "root" },
    before: `${freshFile} && chmod 755 ${D} && chown root:root ${D}`,
    change: `chmod 1777 ${D}`,
  },
  "/owner": {
    id: D,
    declared: { mode: "0755", owner: "root", group: "root" },
    before: `chmod 755 ${D} && chown root:root ${D}`,
    change: `chown nobody ${D}`,
  },
  "/group": {
    id: D,
    declared: { mode: "0755", owner: "root", group: "root" },
    before: `chown root:root ${D}`,
    change: `chgrp adm ${D}`,
  },
  "/uid": {
    id: D,
    declared: { owner: "ada", uid: 7001, gid: 7001 },
    before: owned(D),
    change: `usermod -o -u 7002 ada && chown ada ${D}`,
  },
  "/gid": {
    id: D,
    declared: { group: "ada", uid: 7001, gid: 7001 },
    before: owned(D),
    change: `groupmod -o -g 7003 ada && chgrp ada ${D}`,
  },
};

/** A path of its own for each kind: what is immutable is in the way of whoever makes it anew. */
const flagsCase = (name: string, make: string) => ({
  id: `/srv/flagged/${name}`,
  declared: { flags: ["immutable"] },
  before: `mkdir -p /srv/flagged && ${make} /srv/flagged/${name} && chattr +i /srv/flagged/${name}`,
  change: `chattr -i /srv/flagged/${name}`,
});

export const filesCases: KindCases = {
  "host/file": { ...FILE, "/flags": flagsCase("file", "touch") },
  "host/directory": { ...DIRECTORY, "/flags": flagsCase("directory", "mkdir -p") },
};
