import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, unmanaged } from "./rule-parts.ts";

const FILE = "host/file";
const FILES = [FILE];
const APPEARED_OR_CONTENT = ["", "/sha256", "/type"];
const OLD = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const NEW = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

const ALTERED = "resource.actual.altered_from != null";
/** What runs: a file that may be executed, or one that programs load. */
const RUNS =
  '(resource.id.matches(r"^(/usr)?/s?bin/|^(/usr)?/lib(exec|[0-9x]*)/.*([.]so([.0-9]*)|[.]ko([.][gx]z)?)$") || resource.id.matches(r"^(/usr)?/(lib(exec|[0-9x]*)|games)/|^/opt/|^/boot/") && resource.actual.mode != null && resource.actual.mode.matches("[1357]"))';

function altered(id: string, mode = "0644"): RuleExample {
  const before = { type: "file", mode, sha256: OLD, installed_by: "tool 1.0" };
  const after = { type: "file", mode, sha256: NEW, altered_from: "tool 1.0" };
  return { kind: FILE, id, desired: { type: "file", mode, sha256: OLD }, baseline: before, actual: after };
}

function firstSeen(id: string, mode = "0644"): RuleExample {
  return unmanaged(FILE, id, { type: "file", mode, sha256: NEW, altered_from: "tool 1.0" });
}

function unowned(id: string): RuleExample {
  return changed(FILE, id, { before: { mode: "0755", sha256: OLD }, after: { sha256: NEW } });
}

/** Files of packages that are no longer as their package put them there. */
export const packageFileRules: readonly Rule[] = [
  {
    id: "host/package-program-altered",
    kinds: FILES,
    paths: APPEARED_OR_CONTENT,
    drift: ["changed", "unmanaged"],
    when: `${ALTERED} && ${RUNS}`,
    severity: "critical",
    type: "security",
    title: "Program or library {id} is not what its package put there",
    examples: {
      fires: [
        altered("/usr/bin/ssh", "0755"),
        firstSeen("/usr/sbin/sshd", "0755"),
        altered("/usr/lib/x86_64-linux-gnu/libc.so.6"),
        altered("/usr/lib/git-core/git-shell", "0755"),
      ],
      silent: [altered("/usr/lib/python3/dist-packages/x.py"), unowned("/usr/bin/ssh"), altered("/etc/hosts.conf")],
    },
  },
  {
    id: "host/package-file-altered",
    kinds: FILES,
    paths: [""],
    drift: ["unmanaged"],
    when: `${ALTERED} && !resource.id.startsWith("/etc/")`,
    severity: "warning",
    type: "security",
    title: "{id} is not what its package put there",
    examples: {
      fires: [firstSeen("/usr/share/app/data")],
      silent: [firstSeen("/etc/app.conf"), firstSeen("/usr/bin/ssh", "0755")],
    },
  },
];

/** What of them no rule on files in particular decides. */
export const otherPackageFileRules: readonly Rule[] = [
  {
    id: "host/package-config-altered",
    kinds: FILES,
    paths: [""],
    drift: ["unmanaged"],
    when: ALTERED,
    severity: "warning",
    type: "functional",
    title: "Configuration {id} is not what its package put there, and not declared",
    examples: {
      fires: [firstSeen("/etc/app.conf")],
      silent: [firstSeen("/etc/ssh/sshd_config"), firstSeen("/usr/share/app/data"), unmanaged(FILE, "/etc/x", {})],
    },
  },
  {
    id: "host/package-file-missing",
    kinds: FILES,
    drift: ["missing"],
    when: "resource.baseline.installed_by != null",
    severity: "warning",
    type: "functional",
    title: "{id} is missing, though its package ships it",
    examples: {
      fires: [
        {
          kind: FILE,
          id: "/usr/bin/ssh",
          desired: { mode: "0755" },
          baseline: { mode: "0755", installed_by: "openssh-client 1:9.2p1-2" },
          actual: null,
        },
      ],
      silent: [{ kind: FILE, id: "/srv/app/run", desired: { mode: "0755" }, baseline: { mode: "0755" }, actual: null }],
    },
  },
];
