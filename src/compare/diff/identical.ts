/**
 * Whether two plain values are the same to the letter, key order aside. Then they are the same under any semantics, which
 * is why most pairs need no look at the kind's facts. Takes `unknown`, for a constraint is never identical to anything.
 */
export function identical(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return Number.isNaN(left) && Number.isNaN(right);
  }
  if (Array.isArray(left)) return Array.isArray(right) && identicalLists(left, right);
  return !Array.isArray(right) && identicalObjects(left as Members, right as Members);
}

type Members = { readonly [key: string]: unknown };

function identicalLists(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (!identical(left[index], right[index])) return false;
  }
  return true;
}

/**
 * Reads members without asking whether they are own: what an object inherits is a function, never equal to JSON, but for
 * `__proto__`, which is looked at the slow way. Symbol keys mark constraints, which have no other member.
 */
function identicalObjects(left: Members, right: Members): boolean {
  let surplus = 0;
  for (const key in left) {
    if (key === "__proto__" && !Object.hasOwn(right, key)) return false;
    if (!identical(left[key], right[key])) return false;
    surplus++;
  }
  if (surplus === 0) return isBare(left) && isBare(right);
  for (const _ in right) surplus--;
  return surplus === 0;
}

function isBare(object: object): boolean {
  return Reflect.ownKeys(object).length === 0;
}
