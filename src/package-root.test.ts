import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { builtProgram, PACKAGE_ROOT } from "./package-root.ts";

const COMPILED = new URL("dist/package-root.js", PACKAGE_ROOT);

describe("package root", () => {
  it("is the same folder from a source and from a compiled module", async () => {
    const compiled = await import(COMPILED.href);
    expect(PACKAGE_ROOT.href).toBe(new URL("..", import.meta.url).href);
    expect(compiled.PACKAGE_ROOT.href).toBe(PACKAGE_ROOT.href);
  });

  it("has the programs that others start", () => {
    const names = ["mount-reader", "observe", "run-inside", "survey-worker"] as const;
    expect(names.filter((name) => !existsSync(builtProgram(name)))).toEqual([]);
  });

  it("is published with all that its programs load, and without what only tests run", () => {
    const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: PACKAGE_ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
    const paths = new Set(files.map(({ path }) => path));
    expect(
      [...loadedBy("dist/cli/main.js"), ...loadedBy("dist/programs/mount-reader.js")].filter(
        (path) => !paths.has(path),
      ),
    ).toEqual([]);
    expect(paths).toContain("dist/index.d.ts");
    expect(paths).not.toContain("dist/programs/observe.js");
    expect(paths).not.toContain("dist/programs/run-inside.js");
  });
});

/** A file of a bundle and all those that it loads, now or later. */
function loadedBy(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const file = new URL(path, PACKAGE_ROOT);
  const text = readFileSync(file, "utf8");
  for (const [, to = ""] of text.matchAll(/(?:from |import\(|import )"(\.[^"]+\.js)"/g))
    loadedBy(fileURLToPath(new URL(to, file)).slice(fileURLToPath(PACKAGE_ROOT).length), seen);
  return seen;
}
