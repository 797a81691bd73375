import { accessSync, constants, readFileSync } from "node:fs";
import { env, getuid, platform } from "node:process";
import { describe, it } from "vitest";
import { PACKAGE_ROOT } from "../package-root.ts";

/** What a suite needs of the machine; shared with `scripts/setup-tests.mjs`, which installs it where it can. */
interface Requirement {
  readonly suites: string;
  readonly platform?: string;
  readonly root?: boolean;
  /** Programs with the Debian packages that have them. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** A name in `scripts/test-requirements.json`. */
export type RequirementName = "machine" | "sshd" | "extended-attributes" | "git" | "shells" | "terminal";

const FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** What this machine lacks for a suite, each in words; empty when it lacks nothing. */
export function missingFor(name: RequirementName): readonly string[] {
  const requirement = readRequirement(name);
  if (requirement.platform !== undefined && requirement.platform !== platform)
    return [`a machine with ${requirement.platform}`];
  const programs = Object.keys(requirement.programs ?? {});
  return [
    ...(requirement.root === true && getuid?.() !== 0 ? ["root"] : []),
    ...programs.filter((program) => !hasProgram(program)),
  ];
}

/**
 * The only way for a suite to skip itself: as `describe`, where this machine has what `name` stands for. Elsewhere the suite is
 * skipped under a title that says what is missing; with CI=true it fails instead.
 */
export function describeWith(name: RequirementName, title: string, suite: () => void): void {
  const { CI } = env;
  const missing = missingFor(name);
  if (missing.length === 0) {
    describe(title, suite);
    return;
  }
  const what = `${title} (needs ${missing.join(", ")})`;
  if (CI !== "true") describe.skip(what, suite);
  else
    it(what, () => {
      throw new Error(`Cannot run "${title}": missing ${missing.join(", ")}`);
    });
}

function readRequirement(name: RequirementName): Requirement {
  const file = new URL("scripts/test-requirements.json", PACKAGE_ROOT);
  // The file stands under version control beside the script that reads it too, and has every name of the type.
  const requirements = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<RequirementName, Requirement>>;
  return requirements[name];
}

function hasProgram(program: string): boolean {
  return FOLDERS.some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
