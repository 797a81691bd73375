import type { Json } from "../../../model/json.ts";
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

const sudoers = (text: string) => `printf '%s\\n' '${text}' > /etc/sudoers.d/eve`;
const SUDO_ID = "eve ALL=(root) /usr/bin/apt update";
const eveMay = (tags: string, more = "") => sudoers(`eve ALL=(root) ${tags} /usr/bin/apt update${more}`);

function sudoCase(name: string, declared: Json, change: string): AttributeCase {
  return { id: SUDO_ID, declared: { [name]: declared }, before: eveMay(""), change };
}

const defaults = (text: string) => sudoers(`Defaults:eve ${text}`);
const SUDO_RULE: AttributeCases = {
  "/nopasswd": sudoCase("nopasswd", false, eveMay("NOPASSWD:")),
  "/setenv": sudoCase("setenv", false, eveMay("SETENV:")),
  "/noexec": sudoCase("noexec", false, eveMay("NOEXEC:")),
  "/overridden": sudoCase("overridden", false, eveMay("", ", NOPASSWD: ALL")),
  "/digests": sudoCase("digests", [], eveMay(`sha224:${"0a".repeat(28)}`)),
  "/options": {
    id: SUDO_ID,
    declared: { options: { log_input: true } },
    before: eveMay("LOG_INPUT:"),
    change: eveMay(""),
    changed: "/options/log_input",
  },
  "/options/*": {
    id: SUDO_ID,
    declared: { options: { log_input: "true" } },
    before: eveMay("LOG_INPUT:"),
    change: eveMay("NOLOG_INPUT:"),
    changed: "/options/log_input",
  },
  "/settings": {
    id: "defaults:eve",
    declared: { settings: { authenticate: true, lecture: true } },
    before: defaults("authenticate, lecture"),
    change: defaults("lecture"),
    changed: "/settings/authenticate",
  },
  "/settings/*": {
    id: "defaults:eve",
    declared: { settings: { timestamp_timeout: 5 } },
    before: defaults("timestamp_timeout=5"),
    change: defaults("timestamp_timeout=50"),
    changed: "/settings/timestamp_timeout",
  },
  "/settings/env_keep": listSetting("env_keep"),
  "/settings/env_check": listSetting("env_check"),
  "/settings/env_delete": listSetting("env_delete"),
  "/settings/log_servers": {
    id: "defaults:eve",
    declared: { settings: { log_servers: ["+a.example"] } },
    before: defaults("log_servers += a.example"),
    change: defaults("log_servers += b.example"),
  },
};

function listSetting(name: string): AttributeCase {
  const declared = { settings: { [name]: ["+A", "+B"] } };
  return { id: "defaults:eve", declared, before: defaults(`${name} += "B A"`), change: defaults(`${name} += "A B C"`) };
}

/** The cases of users and of groups make the same user anew. */
function ofEve(cases: AttributeCases): AttributeCases {
  return Object.fromEntries(Object.entries(cases).map(([path, one]) => [path, { ...one, touches: ["eve"] }]));
}

export const accountsCases: KindCases = {
  "host/user": ofEve(USER),
  "host/group": ofEve(GROUP),
  "host/sudo-rule": SUDO_RULE,
};
