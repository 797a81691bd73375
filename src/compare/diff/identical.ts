/**
 * Whether two plain values are the same to the letter, key order aside. Then they are the same under any semantics, which
 * is why most pairs need no look at the kind's facts. Takes `unknown`, for a constraint is identical to nothing but itself.
 */
export function identical(left: unknown, right: unknown): boolean {
  return left === right || areIdenticalObjects(left, right);
}

type Members = { readonly [key: string]: unknown };

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null;
}

function areIdenticalObjects(left: unknown, right: unknown): boolean {
  return isObject(left) && isObject(right) && identicalObjects(left, right);
}

/**
 * Nearly all of a comparison's time goes here, so leaves are compared in place, without a call, and members are read without
 * asking whether they are own: what an object inherits is a function, which no JSON equals, but for `__proto__`.
 */
function identicalObjects(left: Members, right: Members): boolean {
  if (Array.isArray(left)) return Array.isArray(right) && identicalLists(left, right);
  if (Array.isArray(right)) return false;
  let count = 0;
  for (const key in left) {
    const member = left[key];
    const other = right[key];
    if (member !== other && !areIdenticalObjects(member, other)) return false;
    if (key === "__proto__" && !Object.hasOwn(right, key)) return false;
    count++;
  }
  return count === 0 ? isBare(left) && isBare(right) : count === memberCount(right);
}

function memberCount(object: Members): number {
  let count = 0;
  for (const _ in object) count++;
  return count;
}

/** Has no member, nor the symbol that marks a constraint. */
function isBare(object: Members): boolean {
  return Reflect.ownKeys(object).length === 0;
}

function identicalLists(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    const member = left[index];
    const other = right[index];
    if (member !== other && !areIdenticalObjects(member, other)) return false;
  }
  return true;
}
