import { createHash } from "node:crypto";
import type { AttributeCases, KindCases } from "./attribute-case.ts";

const F = "/srv/tree/file";
const D = "/srv/tree/folder";
const freshFile = `mkdir -p ${D} && rm -rf ${F} && printf one > ${F} && chmod 644 ${F} && chown root:root ${F}`;
const owned = (path: string) =>
  `${freshFile} && useradd --badname -u 7001 ada 2>/dev/null; usermod -o -u 7001 ada && groupmod -o -g 7001 ada && chown ada:ada ${path}`;
const ONE = createHash("sha256").update("one").digest("hex");

const FILE: AttributeCases = {
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
const DIRECTORY: AttributeCases = {
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

export const filesCases: KindCases = {
  "host/file": FILE,
  "host/directory": DIRECTORY,
};
