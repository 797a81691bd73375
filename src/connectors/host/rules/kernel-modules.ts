import type { JsonObject } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idIn, missing, unmanaged } from "./rule-parts.ts";

const MODULE = "host/kernel-module";
const KINDS = [MODULE];
const APPEARED = ["unmanaged", "changed"] as const;

/** Modules that hardly any host needs and that were ways in, with the recommendation to keep them out where there is one. */
const RISKY: readonly (readonly [name: string, control?: string])[] = [
  ["cramfs", "1.1.1.1"],
  ["freevxfs", "1.1.1.2"],
  ["hfs", "1.1.1.3"],
  ["hfsplus", "1.1.1.4"],
  ["jffs2", "1.1.1.5"],
  ["dccp", "3.2.1"],
  ["tipc", "3.2.2"],
  ["rds", "3.2.3"],
  ["sctp", "3.2.4"],
  ["usb_storage"],
  ["firewire_core"],
  ["udf"],
];

/** CEL: a command with which modprobe loads nothing. */
const isBlock = (text: string) => `(${text} != null && ${text}.matches(r"^(/usr)?/s?bin/(true|false)( |$)"))`;
/** CEL: what kept the module out does so no longer. */
const UNBLOCKED = `resource.drift == "missing"
  ? resource.desired.blacklisted == true || ${isBlock("resource.desired.install")}
  : change.path == "/blacklisted" && change.after != true
    || change.path == "/install" && ${isBlock("change.before")} && !${isBlock("change.after")}`;

const BLOCKED = { loaded: false, blacklisted: true, install: "/bin/false", load_at_start: false };

function unblocked(name: string): readonly RuleExample[] {
  const { install: _, ...open } = BLOCKED;
  return [
    changed(MODULE, name, { before: BLOCKED, after: { blacklisted: false } }),
    { kind: MODULE, id: name, desired: BLOCKED, baseline: BLOCKED, actual: open },
    missing(MODULE, name, BLOCKED),
  ];
}

function module(name: string, before: JsonObject, after: JsonObject): RuleExample {
  return changed(MODULE, name, { before, after });
}

const allowed: readonly Rule[] = RISKY.flatMap(([name, control]): Rule[] =>
  control === undefined
    ? []
    : [
        {
          id: `host/kernel-module-${name}-allowed`,
          kinds: KINDS,
          paths: ["", "/blacklisted", "/install"],
          drift: ["changed", "missing"],
          when: `resource.id == "${name}" && (${UNBLOCKED})`,
          severity: "warning",
          type: "security",
          title: `The kernel module ${name} may be loaded again: {path} is {after}`,
          controls: cis(control),
          examples: {
            fires: unblocked(name),
            silent: [...unblocked("loop"), module(name, { ...BLOCKED, blacklisted: false }, { blacklisted: true })],
          },
        },
      ],
);

const rules: readonly Rule[] = [
  {
    id: "host/kernel-module-allowed",
    kinds: KINDS,
    paths: ["", "/blacklisted", "/install"],
    drift: ["changed", "missing"],
    when: UNBLOCKED,
    severity: "warning",
    type: "security",
    title: "The kernel module {id} may be loaded again: {path} is {after}",
    examples: {
      fires: unblocked("usb_storage"),
      silent: [
        module("usb_storage", { ...BLOCKED, blacklisted: false }, { blacklisted: true }),
        missing(MODULE, "loop", { loaded: true, blacklisted: false }),
      ],
    },
  },
  {
    id: "host/kernel-module-unsigned",
    kinds: KINDS,
    paths: ["", "/taints"],
    drift: APPEARED,
    when: `(change.path == "" ? resource.actual.taints : change.added).exists(taint, taint in ["E", "F"])`,
    severity: "critical",
    type: "security",
    title: "A module that nobody signed for this kernel is loaded: {id}",
    examples: {
      fires: [
        unmanaged(MODULE, "evil", { loaded: true, taints: ["O", "E"] }),
        module("x", { loaded: true, taints: ["O"] }, { taints: ["O", "E"] }),
      ],
      silent: [
        unmanaged(MODULE, "ext4", { loaded: true, taints: [] }),
        module("x", { loaded: true, taints: ["O", "E"] }, { taints: ["O"] }),
      ],
    },
  },
  {
    id: "host/kernel-module-out-of-tree",
    kinds: KINDS,
    paths: ["", "/taints"],
    drift: APPEARED,
    when: `size(change.path == "" ? resource.actual.taints : change.added) > 0`,
    severity: "warning",
    type: "security",
    title: "A module that is not of this kernel, or not free, is loaded: {id}",
    examples: {
      fires: [unmanaged(MODULE, "zfs", { loaded: true, taints: ["P", "O"] })],
      silent: [
        unmanaged(MODULE, "evil", { loaded: true, taints: ["O", "E"] }),
        module("x", { loaded: true, taints: ["O"] }, { taints: [] }),
      ],
    },
  },
  {
    id: "host/kernel-module-runs-program",
    kinds: KINDS,
    paths: ["", "/install"],
    drift: APPEARED,
    when: `resource.actual.install != null && !${isBlock("resource.actual.install")}`,
    severity: "critical",
    type: "security",
    title: "A program is run as root whenever the kernel module {id} is asked for",
    examples: {
      fires: [
        unmanaged(MODULE, "x", { loaded: false, install: "/tmp/x" }),
        module("x", { install: "/sbin/modprobe --ignore-install x" }, { install: "/tmp/x" }),
      ],
      silent: [
        unmanaged(MODULE, "x", { loaded: false, install: "/bin/true" }),
        module("x", { install: "/tmp/x" }, { install: "/bin/false" }),
      ],
    },
  },
  {
    id: "host/kernel-module-loaded-against-declaration",
    kinds: KINDS,
    paths: ["/loaded"],
    when: "change.after == true",
    severity: "critical",
    type: "security",
    title: "The kernel module {id} is loaded, which it must not be",
    examples: {
      fires: [module("usb_storage", BLOCKED, { loaded: true })],
      silent: [module("br_netfilter", { loaded: true }, { loaded: false })],
    },
  },
  {
    id: "host/kernel-module-not-loaded",
    kinds: KINDS,
    paths: ["/loaded", ""],
    drift: ["changed", "missing"],
    when: 'change.path == "" ? resource.desired.loaded == true : change.after == false',
    severity: "warning",
    type: "functional",
    title: "The kernel module {id} is not loaded",
    examples: {
      fires: [
        module("br_netfilter", { loaded: true }, { loaded: false }),
        missing(MODULE, "br_netfilter", { loaded: true, blacklisted: false }),
      ],
      silent: [module("usb_storage", BLOCKED, { loaded: true })],
    },
  },
  {
    id: "host/kernel-module-risky-appeared",
    kinds: KINDS,
    paths: [""],
    drift: APPEARED,
    when: `resource.actual.loaded == true && ${idIn(RISKY.map(([name]) => name))}`,
    severity: "warning",
    type: "security",
    title: "The kernel module {id}, which hardly any host needs, is loaded and not declared",
    examples: {
      fires: [unmanaged(MODULE, "usb_storage", { loaded: true })],
      silent: [unmanaged(MODULE, "ext4", { loaded: true }), unmanaged(MODULE, "sctp", BLOCKED)],
    },
  },
  {
    id: "host/kernel-module-appeared",
    kinds: KINDS,
    paths: [""],
    drift: APPEARED,
    when: "resource.actual.loaded == true",
    severity: "informational",
    type: "security",
    title: "The kernel module {id} is loaded, but not declared",
    examples: {
      fires: [unmanaged(MODULE, "ext4", { loaded: true })],
      silent: [unmanaged(MODULE, "sctp", BLOCKED)],
    },
  },
  {
    id: "host/kernel-module-load-added",
    kinds: KINDS,
    paths: ["/load_at_start", ""],
    drift: APPEARED,
    when: "resource.actual.load_at_start == true",
    severity: "warning",
    type: "security",
    title: "The next start loads the kernel module {id}, which nobody declares",
    examples: {
      fires: [
        unmanaged(MODULE, "x", { loaded: false, load_at_start: true }),
        module("x", { load_at_start: false }, { load_at_start: true }),
      ],
      silent: [module("x", { load_at_start: true }, { load_at_start: false })],
    },
  },
  {
    id: "host/kernel-module-load-lost",
    kinds: KINDS,
    paths: ["/load_at_start"],
    severity: "warning",
    type: "functional",
    title: "The next start no longer loads the kernel module {id}",
    examples: {
      fires: [module("x", { load_at_start: true }, { load_at_start: false })],
      silent: [module("x", { load_at_start: false }, { load_at_start: true })],
    },
  },
  {
    id: "host/kernel-module-blocked",
    kinds: KINDS,
    paths: ["/blacklisted", "/install", ""],
    when: `resource.drift != "missing" && (resource.actual.blacklisted == true || ${isBlock("resource.actual.install")})`,
    severity: "informational",
    type: "security",
    title: "The kernel module {id} is kept from being loaded, which nobody declares",
    examples: {
      fires: [
        unmanaged(MODULE, "sctp", BLOCKED),
        module("sctp", { ...BLOCKED, blacklisted: false }, { blacklisted: true }),
      ],
      silent: [missing(MODULE, "sctp", BLOCKED)],
    },
  },
  {
    id: "host/kernel-module-differs",
    kinds: KINDS,
    severity: "informational",
    type: "functional",
    title: "The kernel module {id} is not set up as declared: {path} is {after} instead of {before}",
    examples: {
      fires: [module("kvm", { options: ["nested=0"] }, { options: ["nested=1"] })],
      silent: [unmanaged(MODULE, "sctp", BLOCKED)],
    },
  },
];

/** Which modules the kernel has loaded, and which it may load. */
export const kernelModuleRules: readonly Rule[] = [...allowed, ...rules];
