import type { Json, JsonObject } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idMatches, missing, unmanaged } from "./rule-parts.ts";

const PAM = "host/pam-rule";
const KINDS = [PAM];
const APPEARED = ["unmanaged", "changed"] as const;

interface Line {
  readonly control?: string;
  readonly args?: readonly string[];
  readonly quiet?: boolean;
}

function stack(rules: Readonly<Record<string, Line>>): JsonObject {
  const told = Object.entries(rules).map(([module, { control = "required", args = [], quiet = false }]) => {
    const rule: Json = { control, args, quiet };
    return [module, rule] as const;
  });
  return { rules: Object.fromEntries(told), order: Object.keys(rules) };
}

const DOOR: Readonly<Record<string, Line>> = {
  "pam_faillock.so": { args: ["deny=4"] },
  "pam_unix.so": { control: "[success=1 default=ignore]" },
  "pam_deny.so": { control: "requisite" },
  "pam_permit.so": {},
};

/** The stack, and what becomes of it. */
function became(
  before: Readonly<Record<string, Line>>,
  after: Readonly<Record<string, Line>>,
  id = "door#auth",
): RuleExample {
  return changed(PAM, id, { before: stack(before), after: stack(after) });
}

function without(module: string, rules = DOOR): Readonly<Record<string, Line>> {
  return Object.fromEntries(Object.entries(rules).filter(([name]) => name !== module));
}

function args(module: string, before: readonly string[], after: readonly string[], id = "door#auth"): RuleExample {
  return became({ [module]: { args: before } }, { [module]: { args: after } }, id);
}

/** CEL: whether a module whose name is like this stands in a list of them. */
const among = (list: string, name: string) =>
  `(${list} != null && ${list}.exists(module, module.matches(r"^(.*/)?${name}(#[0-9]+)?$")))`;
/** CEL: whether the change is about a whole rule of such a module. */
const isRuleOf = (name: string) => `change.path.matches(r"^/rules/(.*~1)?${name}(#[0-9]+)?$")`;
/** Whichever of the two is declared shows it. */
const WHOLE_RULES = ["/rules/*", "/order"];

function added(name: string): string {
  return `change.path == "/order" ? ${among("change.after", name)} && !${among("change.before", name)}
    : ${isRuleOf(name)} && change.before == null`;
}

function removed(name: string): string {
  return `change.path == "/order" ? ${among("change.before", name)} && !${among("change.after", name)}
    : ${isRuleOf(name)} && change.after == null`;
}

/** CEL: whether a number among the arguments went down, or its argument away. */
function lowered(names: string): string {
  return compared(names, "<");
}

function compared(names: string, sign: "<" | ">"): string {
  const isIt = (argument: string) => `${argument}.matches(r"^(${names})=-?[0-9]+$")`;
  const named = (argument: string, index: number) => `${argument}.split("=")[${index}]`;
  return `change.removed.exists(old, ${isIt("old")} && !change.added.exists(new, ${isIt("new")}
    && ${named("new", 0)} == ${named("old", 0)} && !(int(${named("new", 1)}) ${sign} int(${named("old", 1)}))))`;
}

/** A module as it is named where PAM keeps them, or with the whole path of that; or a file of PAM's own. */
const USUAL = String.raw`^([^/]+|(/usr)?/lib(64|32|x32)?/([^/]+/)?security/([^/]+/)?[^/]+|/nix/store/[^/]+/lib/security/[^/]+|(/usr(/lib|/etc)|/etc)/pam\.d/[^/]+)$`;
const isUnusual = `(module.contains("..") || !module.matches(r"${USUAL}"))`;

const modules: readonly Rule[] = [
  {
    id: "host/pam-module-from-elsewhere",
    kinds: KINDS,
    paths: ["", "/order"],
    drift: APPEARED,
    when: `change.path == "" ? resource.actual.order.exists(module, ${isUnusual})
      : change.after != null && change.after.exists(module, ${isUnusual} && (change.before == null || !(module in change.before)))`,
    severity: "critical",
    type: "security",
    title: "PAM runs a module from outside its folders at {id}",
    examples: {
      fires: [
        became(DOOR, { "/tmp/pam_unix.so": {}, ...DOOR }),
        unmanaged(PAM, "x#auth", stack({ "../../tmp/pam_evil.so": {} })),
      ],
      silent: [
        became(DOOR, { "/lib/x86_64-linux-gnu/security/pam_unix.so": {}, ...DOOR }),
        became({ "/tmp/pam_unix.so": {}, ...DOOR }, DOOR),
        unmanaged(PAM, "x#auth", stack({ "common-auth": { control: "@include" } })),
      ],
    },
  },
  {
    id: "host/pam-runs-program",
    kinds: KINDS,
    paths: WHOLE_RULES,
    when: added(String.raw`pam_(exec|script|python3?|perl|lua)\.so`),
    severity: "critical",
    type: "security",
    title: "PAM runs a program whenever {id} is asked: {path} is {after}",
    examples: {
      fires: [became(DOOR, { ...DOOR, "pam_exec.so": { args: ["expose_authtok", "/tmp/x"] } })],
      silent: [became({ ...DOOR, "pam_exec.so": {} }, DOOR), became(DOOR, { ...DOOR, "pam_env.so": {} })],
    },
  },
  {
    id: "host/pam-root-needs-no-password",
    kinds: KINDS,
    paths: WHOLE_RULES,
    when: `!${idMatches("^(su|su-l|runuser|runuser-l|chfn|chsh)#")} && (${added(String.raw`pam_rootok\.so`)})`,
    severity: "critical",
    type: "security",
    title: "Whoever is root gets through {id} without a password",
    examples: {
      fires: [became(DOOR, { "pam_rootok.so": { control: "sufficient" }, ...DOOR })],
      silent: [became(DOOR, { "pam_rootok.so": { control: "sufficient" }, ...DOOR }, "su#auth")],
    },
  },
  {
    id: "host/pam-denial-removed",
    kinds: KINDS,
    paths: WHOLE_RULES,
    when: removed(String.raw`pam_deny\.so`),
    severity: "critical",
    type: "security",
    title: "PAM no longer ends in a refusal at {id}: pam_deny is gone",
    examples: {
      fires: [became(DOOR, without("pam_deny.so"))],
      silent: [became(without("pam_deny.so"), DOOR), became(DOOR, without("pam_permit.so"))],
    },
  },
  {
    id: "host/pam-lockout-removed",
    kinds: KINDS,
    paths: WHOLE_RULES,
    when: removed(String.raw`pam_(faillock|tally2?|abl)\.so`),
    severity: "critical",
    type: "security",
    title: "Passwords may be guessed without end at {id}: what locks accounts out is gone",
    controls: cis("5.3.2.2"),
    examples: {
      fires: [became(DOOR, without("pam_faillock.so"))],
      silent: [became(without("pam_faillock.so"), DOOR)],
    },
  },
  {
    id: "host/pam-password-check-removed",
    kinds: KINDS,
    paths: WHOLE_RULES,
    when: removed(String.raw`pam_(pwquality|cracklib|passwdqc)\.so`),
    severity: "critical",
    type: "security",
    title: "Passwords of any quality are taken at {id}: what checks them is gone",
    controls: cis("5.3.2.3"),
    examples: {
      fires: [became({ "pam_pwquality.so": {}, ...DOOR }, DOOR, "common-password#password")],
      silent: [became(DOOR, { "pam_pwquality.so": {}, ...DOOR }, "common-password#password")],
    },
  },
  {
    id: "host/pam-password-history-removed",
    kinds: KINDS,
    paths: WHOLE_RULES,
    when: removed(String.raw`pam_pwhistory\.so`),
    severity: "warning",
    type: "security",
    title: "Former passwords may be used again at {id}",
    controls: cis("5.3.2.4"),
    examples: {
      fires: [became({ "pam_pwhistory.so": {}, ...DOOR }, DOOR, "common-password#password")],
      silent: [became(DOOR, { "pam_pwhistory.so": {}, ...DOOR }, "common-password#password")],
    },
  },
  {
    id: "host/pam-wheel-removed",
    kinds: KINDS,
    paths: WHOLE_RULES,
    when: removed(String.raw`pam_wheel\.so`),
    severity: "critical",
    type: "security",
    title: "Members of no particular group may try {id}: pam_wheel is gone",
    controls: cis("5.2.7"),
    examples: {
      fires: [became({ "pam_wheel.so": {}, ...DOOR }, DOOR, "su#auth")],
      silent: [became(DOOR, { "pam_wheel.so": {}, ...DOOR }, "su#auth")],
    },
  },
];

const PERMIT = String.raw`pam_permit\.so`;
/** CEL: a control with which one yes is enough. */
const isEnough = (control: string) =>
  `(${control} == "sufficient" || ${control}.matches(r"[\\[ ](success|default)=done\\b"))`;

const strength: readonly Rule[] = [
  {
    id: "host/pam-lets-everybody-in",
    kinds: KINDS,
    paths: ["", "/order", "/rules/*", "/rules/*/control"],
    drift: APPEARED,
    when: `${idMatches("#(auth|account)$")} && (
      change.path == "" ? resource.actual.order[0].matches(r"^(.*/)?${PERMIT}$")
      : change.path == "/order" ? size(change.after) > 0 && change.after[0].matches(r"^(.*/)?${PERMIT}$")
        && (size(change.before) == 0 || change.before[0] != change.after[0])
      : change.path.endsWith("/control") ? change.path.matches(r"^/rules/(.*~1)?${PERMIT}(#[0-9]+)?/control$") && ${isEnough("change.after")}
      : ${isRuleOf(PERMIT)} && change.before == null && ${isEnough("change.after.control")})`,
    severity: "critical",
    type: "security",
    title: "PAM lets anybody in at {id}: pam_permit decides before the others",
    examples: {
      fires: [
        became(DOOR, { "pam_permit.so": {}, ...DOOR }),
        became(DOOR, { ...DOOR, "pam_permit.so": { control: "sufficient" } }),
        became(without("pam_permit.so"), { ...DOOR, "pam_permit.so": { control: "[success=done default=ignore]" } }),
        unmanaged(PAM, "x#auth", stack({ "pam_permit.so": {} })),
      ],
      silent: [
        became(without("pam_permit.so"), DOOR),
        became(DOOR, { ...DOOR, "pam_permit.so": { control: "sufficient" } }, "door#session"),
        unmanaged(PAM, "x#auth", stack(DOOR)),
      ],
    },
  },
  {
    id: "host/pam-empty-password-allowed",
    kinds: KINDS,
    paths: ["/rules/*/args"],
    when: 'change.added.exists(name, name in ["nullok", "nullok_secure"])',
    severity: "critical",
    type: "security",
    title: "Accounts without a password get in at {id}: {added}",
    controls: cis("5.3.3.4.1"),
    examples: {
      fires: [args("pam_unix.so", ["try_first_pass"], ["try_first_pass", "nullok"])],
      silent: [args("pam_unix.so", ["nullok"], []), args("pam_unix.so", [], ["debug"])],
    },
  },
  {
    id: "host/pam-password-rules-lowered",
    kinds: KINDS,
    paths: ["/rules/*/args"],
    when: `change.path.matches(r"pam_(pwquality|cracklib|unix|pwhistory)\\.so") && ${lowered("minlen|minclass|difok|remember")}`,
    severity: "warning",
    type: "security",
    title: "Weaker passwords are taken at {id}: {added} instead of {removed}",
    controls: cis("5.3.3.2.2"),
    examples: {
      fires: [
        args("pam_pwquality.so", ["minlen=14", "retry=3"], ["minlen=8", "retry=3"], "x#password"),
        args("pam_pwquality.so", ["minlen=14"], [], "x#password"),
      ],
      silent: [args("pam_pwquality.so", ["minlen=8"], ["minlen=14"], "x#password"), args("pam_x.so", ["minlen=9"], [])],
    },
  },
  {
    id: "host/pam-lockout-loosened",
    kinds: KINDS,
    paths: ["/rules/*/args"],
    when: `change.path.matches(r"pam_(faillock|tally2?)\\.so") && (${compared("deny", ">")} || ${lowered("unlock_time")})`,
    severity: "warning",
    type: "security",
    title: "Passwords may be guessed more often at {id}: {added} instead of {removed}",
    examples: {
      fires: [
        args("pam_faillock.so", ["deny=4"], ["deny=40"]),
        args("pam_faillock.so", ["unlock_time=900"], ["unlock_time=1"]),
        args("pam_faillock.so", ["deny=4"], []),
      ],
      silent: [args("pam_faillock.so", ["deny=4"], ["deny=3"])],
    },
  },
  {
    id: "host/pam-control-loosened",
    kinds: KINDS,
    paths: ["/rules/*/control"],
    when: 'change.before in ["required", "requisite"] && change.after in ["sufficient", "optional"]',
    severity: "critical",
    type: "security",
    title: "What a module of PAM says no longer stops anybody at {id}: {path} is {after} instead of {before}",
    examples: {
      fires: [became({ "pam_unix.so": {} }, { "pam_unix.so": { control: "optional" } })],
      silent: [became({ "pam_unix.so": { control: "optional" } }, { "pam_unix.so": {} })],
    },
  },
  {
    id: "host/pam-control-tightened",
    kinds: KINDS,
    paths: ["/rules/*/control"],
    when: 'change.before in ["sufficient", "optional"] && change.after in ["required", "requisite"]',
    severity: "informational",
    type: "security",
    title: "What a module of PAM says counts more at {id}: {path} is {after} instead of {before}",
    examples: {
      fires: [became({ "pam_unix.so": { control: "optional" } }, { "pam_unix.so": {} })],
      silent: [became({ "pam_unix.so": {} }, { "pam_unix.so": { control: "optional" } })],
    },
  },
];

const others: readonly Rule[] = [
  {
    id: "host/pam-order-changed",
    kinds: KINDS,
    paths: ["/order"],
    severity: "warning",
    type: "security",
    title: "PAM asks other modules, or in another order, at {id}: {after} instead of {before}",
    examples: {
      fires: [became(DOOR, { ...without("pam_faillock.so"), ...DOOR })],
      silent: [args("pam_unix.so", [], ["debug"])],
    },
  },
  {
    id: "host/pam-stack-appeared",
    kinds: KINDS,
    paths: [""],
    drift: APPEARED,
    severity: "warning",
    type: "security",
    title: "Rules of PAM are not declared: {id}",
    examples: { fires: [unmanaged(PAM, "x#auth", stack(DOOR))], silent: [missing(PAM, "x#auth", stack(DOOR))] },
  },
  {
    id: "host/pam-stack-missing",
    kinds: KINDS,
    drift: ["missing"],
    severity: "warning",
    type: "security",
    title: "Rules of PAM are gone: those of the service other hold for {id}",
    examples: { fires: [missing(PAM, "x#auth", stack(DOOR))], silent: [unmanaged(PAM, "x#auth", stack(DOOR))] },
  },
  {
    id: "host/pam-module-quiet",
    kinds: KINDS,
    paths: ["/rules/*/quiet"],
    severity: "informational",
    type: "security",
    title: "Whether PAM passes over a module that is not installed at {id}: {path} is {after}",
    examples: {
      fires: [became({ "pam_x.so": {} }, { "pam_x.so": { quiet: true } })],
      silent: [args("pam_unix.so", [], ["debug"])],
    },
  },
  {
    id: "host/pam-rule-differs",
    kinds: KINDS,
    severity: "warning",
    type: "security",
    title: "A rule of PAM at {id} is not as declared: {path}",
    examples: {
      fires: [args("pam_unix.so", [], ["debug"]), became(DOOR, { ...DOOR, "pam_env.so": {} })],
      silent: [unmanaged(PAM, "x#auth", stack(DOOR))],
    },
  },
];

/** By which rules PAM lets users in. */
export const pamRules: readonly Rule[] = [...modules, ...strength, ...others];
