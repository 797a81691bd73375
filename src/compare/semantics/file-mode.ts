import type { Json } from "../../model/json.ts";

/** Four octal digits: setuid, setgid and sticky first. */
export function canonicalFileMode(value: Json): Json {
  const mode = readFileMode(value);
  return mode === undefined ? value : mode.toString(8).padStart(4, "0");
}

/**
 * By what is permitted: the mode that grants nothing more is the lesser one. Two modes that each grant what the other does not
 * are not comparable, so `0604` is not at most `0640` though its number is smaller.
 */
export function orderFileModes(a: Json, b: Json): number | undefined {
  const left = readFileMode(a);
  const right = readFileMode(b);
  if (left === undefined || right === undefined) return undefined;
  if (left === right) return 0;
  const common = left & right;
  if (common === left) return -1;
  return common === right ? 1 : undefined;
}

/**
 * Reads octal text (`644`, `0644`, `0o644`), what `ls` prints (`-rw-r--r--`), a symbolic mode that says all three classes
 * (`u=rw,g=r,o=r`), and a number, which is the bits themselves as `stat` gives them: 420 is 0644.
 */
function readFileMode(value: Json): number | undefined {
  if (typeof value === "number" || typeof value === "bigint") return inRange(Number(value));
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  const [, octal] = OCTAL.exec(text) ?? [];
  if (octal !== undefined) return Number.parseInt(octal, 8);
  return readListed(text) ?? readSymbolic(text);
}

const ALL_BITS = 0o7777;
const OCTAL = /^(?:0o)?0{0,2}([0-7]{1,4})$/;
const LISTED = /^[-dlbcps]?([r-][w-][xsS-])([r-][w-][xsS-])([r-][w-][xtT-])$/;
const CLAUSE = /^([ugoa]+)=([rwxst]*)$/;

const CLASSES = {
  u: { shift: 6, special: "s", specialBit: 0o4000 },
  g: { shift: 3, special: "s", specialBit: 0o2000 },
  o: { shift: 0, special: "t", specialBit: 0o1000 },
} as const;
type Class = (typeof CLASSES)[keyof typeof CLASSES];

function inRange(mode: number): number | undefined {
  return Number.isInteger(mode) && mode >= 0 && mode <= ALL_BITS ? mode : undefined;
}

function readListed(text: string): number | undefined {
  const [, user, group, others] = LISTED.exec(text) ?? [];
  if (user === undefined || group === undefined || others === undefined) return undefined;
  return listedBits(user, CLASSES.u) | listedBits(group, CLASSES.g) | listedBits(others, CLASSES.o);
}

/** A small `s` or `t` says that the class may also execute, a capital one that it may not. */
function listedBits(letters: string, one: Class): number {
  const lower = letters.toLowerCase();
  const permissions = letters.includes(one.special) ? `${letters}x` : letters;
  return permissionBits(permissions, one) | (lower.includes(one.special) ? one.specialBit : 0);
}

/** Nothing that depends on the present mode or on the umask is read: `u+x`, `g=u`, `=r`, `X`, or a class left out. */
function readSymbolic(text: string): number | undefined {
  const modes = new Map<Class, number>();
  for (const clause of text.split(",")) {
    const [, who, letters] = CLAUSE.exec(clause) ?? [];
    if (who === undefined || letters === undefined) return undefined;
    for (const one of classesOf(who)) {
      modes.set(one, permissionBits(letters, one) | (letters.includes(one.special) ? one.specialBit : 0));
    }
  }
  if (modes.size < 3) return undefined;
  return [...modes.values()].reduce((mode, bits) => mode | bits, 0);
}

function classesOf(who: string): readonly Class[] {
  if (who.includes("a")) return Object.values(CLASSES);
  return (["u", "g", "o"] as const).filter((letter) => who.includes(letter)).map((letter) => CLASSES[letter]);
}

function permissionBits(letters: string, { shift }: Class): number {
  const bits = (letters.includes("r") ? 4 : 0) + (letters.includes("w") ? 2 : 0) + (letters.includes("x") ? 1 : 0);
  return bits << shift;
}
