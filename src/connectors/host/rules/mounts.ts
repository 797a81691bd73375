import type { Rule } from "../../../model/rule.ts";
import { changed, missing, unmanaged } from "./rule-parts.ts";

const MOUNT = "host/mount";
const SAFE = { source: "data", fstype: "ext4", options: ["nodev", "noexec", "nosuid", "rw"], persistent: true };
const OPEN = { options: ["rw"] };

/** Options without which a file system lets programs gain rights that the host did not give them. */
const GUARDS = 'change.removed.exists(option, option in ["nosuid", "nodev", "noexec"])';

export const mountRules: readonly Rule[] = [
  {
    id: "host/mount-guard-lost",
    kinds: [MOUNT],
    paths: ["/options"],
    when: GUARDS,
    severity: "warning",
    type: "security",
    title: "The file system at {id} no longer has {removed}",
    examples: {
      fires: [changed(MOUNT, "/srv/data", { before: SAFE, after: OPEN })],
      silent: [changed(MOUNT, "/srv/data", { before: { ...SAFE, ...OPEN }, after: { options: SAFE.options } })],
    },
  },
  {
    id: "host/mount-guard-gained",
    kinds: [MOUNT],
    paths: ["/options"],
    when: `change.removed.all(option, option in ["suid", "dev", "exec"]) && change.added.all(option, option in ["nosuid", "nodev", "noexec"])`,
    severity: "informational",
    type: "security",
    title: "The file system at {id} has {added} now",
    examples: {
      fires: [changed(MOUNT, "/srv/data", { before: { ...SAFE, ...OPEN }, after: { options: SAFE.options } })],
      silent: [changed(MOUNT, "/srv/data", { before: SAFE, after: OPEN })],
    },
  },
  {
    id: "host/mount-gone",
    kinds: [MOUNT],
    paths: [""],
    drift: ["missing"],
    severity: "warning",
    type: "functional",
    title: "Nothing is mounted at {id}",
    examples: {
      fires: [missing(MOUNT, "/srv/data", SAFE)],
      silent: [changed(MOUNT, "/srv/data", { before: SAFE, after: { persistent: false } })],
    },
  },
  {
    id: "host/mount-not-persistent",
    kinds: [MOUNT],
    paths: ["/persistent"],
    when: "change.after == false",
    severity: "warning",
    type: "functional",
    title: "The file system at {id} will not be mounted at the next start",
    examples: {
      fires: [changed(MOUNT, "/srv/data", { before: SAFE, after: { persistent: false } })],
      silent: [
        changed(MOUNT, "/srv/data", { before: { ...SAFE, persistent: false }, after: { persistent: true } }),
        unmanaged(MOUNT, "/srv/data", { ...SAFE, persistent: false }),
      ],
    },
  },
];
