// The whole of semver would be loaded with each start for the sake of two functions.
import satisfies from "semver/functions/satisfies.js";
import validRange from "semver/ranges/valid.js";

/** Whether a text is a range as npm's `semver` reads them, such as `>=1.2 <2`. An empty one would allow anything. */
export function isVersionRange(range: string): boolean {
  return range.trim() !== "" && validRange(range) !== null;
}

/**
 * Whether a version lies within a range. A version may be short (`1.2` is 1.2.0) or start with `v`; a pre-release lies only within
 * a range that names a pre-release of the same version.
 */
export function satisfiesRange(version: string, range: string): boolean {
  return isVersionRange(range) && satisfies(completed(version.trim()), range);
}

const PARTS = /^[v=]?(\d+)(?:\.(\d+))?(?:\.(\d+))?([-+].*)?$/;

function completed(version: string): string {
  const [, major, minor = "0", patch = "0", rest = ""] = PARTS.exec(version) ?? [];
  return major === undefined ? version : `${major}.${minor}.${patch}${rest}`;
}
