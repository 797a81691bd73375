import ipaddr from "ipaddr.js";
import { RE2JS } from "re2js";

/** What the functions of rules need from elsewhere. */
export interface RuleDependencies {
  /** Debian order: below 0 when `a` is older, above 0 when newer; undefined when either is no version. */
  readonly versionOrder: (a: string, b: string) => number | undefined;
}

/** One function that rules may call, besides those of CEL itself. Pure; a null argument is "not there". */
export interface RuleFunction {
  /** As checked when rules are loaded. */
  readonly signature: string;
  /** As evaluated: attributes that are not there come as null. */
  readonly lenient: string;
  readonly description: string;
  readonly call: (...values: readonly unknown[]) => unknown;
  /** What is wrong with the last argument when it is written out; undefined when nothing is. */
  readonly checkLiteral?: (value: string) => string | undefined;
}

/** The name under which `matches` is called after it was redirected; its own name is bound to a regular expression that backtracks. */
export const LINEAR_MATCHES = "matchesLinear";

/** Every function of Leeway's own that rules may call. */
export function ruleFunctions(dependencies: RuleDependencies): readonly RuleFunction[] {
  return [...modeFunctions(), ...versionFunctions(dependencies), ...otherFunctions(), matchesFunction()];
}

function modeFunctions(): readonly RuleFunction[] {
  return [
    {
      signature: "grants(string, string): bool",
      lenient: "grants(dyn, string): bool",
      description: 'whether an octal mode grants any of the permissions, as in `grants(change.after, "go+w")`',
      call: (mode, permissions) => grants(mode, permissions),
      checkLiteral: checkPermissions,
    },
    {
      signature: "gains(string, string, string): bool",
      lenient: "gains(dyn, dyn, string): bool",
      description: "whether the second mode grants any of the permissions and the first grants none of them",
      call: (before, after, permissions) => grants(after, permissions) && !grants(before, permissions),
      checkLiteral: checkPermissions,
    },
    {
      signature: "narrows(string, string): bool",
      lenient: "narrows(dyn, dyn): bool",
      description: "whether the second mode takes permissions away from the first and adds none",
      call: (before, after) => narrows(parseMode(before), parseMode(after)),
    },
  ];
}

function versionFunctions(dependencies: RuleDependencies): readonly RuleFunction[] {
  return [
    {
      signature: "versionOlder(string, string): bool",
      lenient: "versionOlder(dyn, dyn): bool",
      description: "whether the first version is older than the second, in the order of Debian packages",
      call: (a, b) => areTexts(a, b) && (dependencies.versionOrder(String(a), String(b)) ?? 0) < 0,
    },
    {
      signature: "sameRelease(string, string): bool",
      lenient: "sameRelease(dyn, dyn): bool",
      description: "whether two versions agree in their epoch and first two numbers, so that only a patch lies between",
      call: (a, b) => areTexts(a, b) && release(String(a)) === release(String(b)),
    },
  ];
}

function otherFunctions(): readonly RuleFunction[] {
  return [
    {
      signature: "isPublic(string): bool",
      lenient: "isPublic(dyn): bool",
      description: "whether a listening address can be reached from elsewhere: anything but a loopback address",
      call: (address) => typeof address === "string" && !isLoopback(address),
    },
    {
      signature: "hasAny(list<dyn>, list<dyn>): bool",
      lenient: "hasAny(dyn, dyn): bool",
      description: "whether the first list holds an element of the second",
      call: (list, wanted) =>
        Array.isArray(list) && Array.isArray(wanted) && wanted.some((item) => list.includes(item)),
    },
  ];
}

function matchesFunction(): RuleFunction {
  return {
    signature: `string.${LINEAR_MATCHES}(string): bool`,
    lenient: `string.${LINEAR_MATCHES}(string): bool`,
    description: "whether a text holds a match of an RE2 expression; `^` and `$` anchor it",
    call: (text, pattern) => expression(String(pattern)).test(String(text)),
    checkLiteral: checkPattern,
  };
}

const PERMISSIONS = /^([ugoa]+)\+([rwxst]+)$/;
const WHO: Readonly<Record<string, readonly [shift: number, special: number]>> = {
  u: [6, 0o4000],
  g: [3, 0o2000],
  o: [0, 0],
};
const ACCESS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

function grants(mode: unknown, permissions: unknown): boolean {
  const bits = parseMode(mode);
  return bits !== undefined && (bits & permissionBits(String(permissions))) !== 0;
}

/**
 * The bits of a text such as `go+w` or `u+s`, as chmod(1) has them.
 * @throws RangeError when the text is not of that form
 */
function permissionBits(text: string): number {
  const match = PERMISSIONS.exec(text);
  if (match === null) throw new RangeError(`Cannot read permissions "${text}": expected a form such as "o+r"`);
  const [, who = "", what = ""] = match;
  return [...who.replace("a", "ugo")].reduce((bits, letter) => bits | bitsFor(WHO[letter] ?? [0, 0], what), 0);
}

function bitsFor([shift, special]: readonly [number, number], what: string): number {
  let bits = 0;
  for (const letter of what) {
    if (letter === "s") bits |= special;
    else if (letter === "t") bits |= 0o1000;
    else bits |= (ACCESS[letter] ?? 0) << shift;
  }
  return bits;
}

function checkPermissions(text: string): string | undefined {
  return PERMISSIONS.test(text) ? undefined : `permissions "${text}" are not of a form such as "o+r", "go+w" or "u+s"`;
}

function parseMode(mode: unknown): number | undefined {
  return typeof mode === "string" && /^[0-7]{1,5}$/.test(mode) ? Number.parseInt(mode, 8) : undefined;
}

function narrows(before: number | undefined, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after && (after & ~before) === 0;
}

function areTexts(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string";
}

/** Epoch and the first two numbers of the upstream part: `1:9.2` of `1:9.2p1-2+deb12u3`. */
function release(version: string): string {
  const [, epoch = "0", first = "", second = ""] = /^(?:(\d+):)?(\d+)?(?:\D(\d+))?/.exec(version) ?? [];
  return first === "" ? version : `${epoch}:${first}.${second}`;
}

/** What cannot be read as an address is not known to be loopback. */
function isLoopback(address: string): boolean {
  const [plain = ""] = address.replace(/^\[(.*)\]$/, "$1").split("%");
  if (plain === "localhost") return true;
  return ipaddr.isValid(plain) && ipaddr.process(plain).range() === "loopback";
}

const MAX_EXPRESSIONS = 1000;
const expressions = new Map<string, RE2JS>();

/** Compiled once; emptied when texts out of the data have filled it. */
function expression(pattern: string): RE2JS {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  if (expressions.size >= MAX_EXPRESSIONS) expressions.clear();
  const compiled = RE2JS.compile(pattern);
  expressions.set(pattern, compiled);
  return compiled;
}

function checkPattern(pattern: string): string | undefined {
  try {
    expression(pattern);
    return undefined;
  } catch (error) {
    return `the pattern is no RE2 expression: ${error instanceof Error ? error.message : String(error)}`;
  }
}
