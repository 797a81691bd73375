import type { AttributeCases, KindCases } from "./attribute-case.ts";

const freshUser =
  "userdel -r eve 2>/dev/null; groupdel eve 2>/dev/null; useradd -u 7100 -d /home/eve -s /bin/sh -U eve && usermod -G adm eve";
const EVE = { uid: 7100, gid: 7100, home: "/home/eve", shell: "/bin/sh", groups: ["adm"] };
const USER: AttributeCases = {
  "/uid": { id: "eve", declared: EVE, before: freshUser, change: "usermod -u 7101 eve" },
  "/gid": { id: "eve", declared: EVE, before: freshUser, change: "usermod -g nogroup eve" },
  "/home": { id: "eve", declared: EVE, before: freshUser, change: "usermod -d /srv/eve eve" },
  "/shell": { id: "eve", declared: EVE, before: freshUser, change: "usermod -s /bin/bash eve" },
  "/groups": { id: "eve", declared: EVE, before: freshUser, change: "usermod -G adm,disk eve" },
};
const GROUP: AttributeCases = {
  "/gid": {
    id: "crew",
    declared: { gid: 7200, members: ["eve"] },
    before: `${freshUser}; groupdel -f crew 2>/dev/null; groupadd -g 7200 crew && gpasswd -M eve crew`,
    change: "groupmod -g 7201 crew",
  },
  "/members": {
    id: "crew",
    declared: { gid: 7200, members: ["eve"] },
    before: "groupmod -g 7200 crew && gpasswd -M eve crew",
    change: "gpasswd -a nobody crew",
  },
};

export const accountsCases: KindCases = {
  "host/user": USER,
  "host/group": GROUP,
};
