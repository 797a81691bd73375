import { existsSync } from "node:fs";
import { exit, getuid } from "node:process";

const PROGRAMS = { "/usr/sbin/sshd": "openssh-server", "/usr/bin/ssh": "openssh-client" };

/** Says why nothing is measured here, and ends, where no server can be started. */
export function skipWithoutServer() {
  const missing = Object.entries(PROGRAMS).flatMap(([path, name]) => (existsSync(path) ? [] : [`install ${name}`]));
  const needs = [...(getuid?.() === 0 ? [] : ["run it as root"]), ...missing];
  if (needs.length === 0) return;
  console.log(JSON.stringify({ skipped: `there is no way to start an SSH server here: ${needs.join(", ")}` }));
  exit(0);
}
