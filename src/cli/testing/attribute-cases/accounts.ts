import type { AttributeCase, AttributeCases, KindCases } from "./attribute-case.ts";

const freshUser =
  "userdel -r eve 2>/dev/null; groupdel eve 2>/dev/null; useradd -u 7100 -d /home/eve -s /bin/sh -U eve && usermod -G adm eve";
const EVE = { uid: 7100, gid: 7100, home: "/home/eve", shell: "/bin/sh", groups: ["adm"] };
const withPassword = `${freshUser}; usermod -p '$6$salt$hash' eve`;

function ageing(name: string, option: string): AttributeCase {
  const before = `${freshUser}; chage ${option} 30 eve`;
  return { id: "eve", declared: { [name]: 30 }, before, change: `chage ${option} 60 eve` };
}

const USER: AttributeCases = {
  "/uid": { id: "eve", declared: EVE, before: freshUser, change: "usermod -u 7101 eve" },
  "/gid": { id: "eve", declared: EVE, before: freshUser, change: "usermod -g nogroup eve" },
  "/home": { id: "eve", declared: EVE, before: freshUser, change: "usermod -d /srv/eve eve" },
  "/shell": { id: "eve", declared: EVE, before: freshUser, change: "usermod -s /bin/bash eve" },
  "/groups": { id: "eve", declared: EVE, before: freshUser, change: "usermod -G adm,disk eve" },
  "/comment": {
    id: "eve",
    declared: { comment: "Eve" },
    before: `${freshUser}; usermod -c Eve eve`,
    change: "usermod -c Adam eve",
  },
  "/password": {
    id: "eve",
    declared: { password: "set", password_algorithm: "sha512" },
    before: withPassword,
    change: "usermod -L eve",
  },
  "/password_algorithm": {
    id: "eve",
    declared: { password_algorithm: "sha512" },
    before: withPassword,
    change: "usermod -p '$1$salt$hash' eve",
    also: ["/password_digest"],
  },
  "/password_digest": {
    id: "eve",
    declared: { password_digest: "$6$salt$hash" },
    before: withPassword,
    change: "usermod -p '$6$salt$other' eve",
  },
  "/password_min_days": ageing("password_min_days", "-m"),
  "/password_max_days": ageing("password_max_days", "-M"),
  "/password_warn_days": ageing("password_warn_days", "-W"),
  "/password_inactive_days": ageing("password_inactive_days", "-I"),
  "/expires": {
    id: "eve",
    declared: { expires: "2031-01-31" },
    before: `${freshUser}; chage -E 2031-01-31 eve`,
    change: "chage -E 2041-01-31 eve",
  },
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
  "/administrators": {
    id: "crew",
    declared: { administrators: [] },
    before: `${freshUser}; groupdel -f crew 2>/dev/null; groupadd -g 7200 crew`,
    change: "gpasswd -A eve crew",
  },
};

export const accountsCases: KindCases = {
  "host/user": USER,
  "host/group": GROUP,
};
