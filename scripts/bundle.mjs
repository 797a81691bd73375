/**
 * Bundles the programs of the package into `dist/`, so that one starts by loading a few files instead of hundreds. The library beside
 * them is of single modules, as `tsc` writes them. Names and lines are kept: a stack trace reads as the source does.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** Each by where it stands in `dist/`. What is found by `builtProgram` stands in `programs/` under the name given there. */
const PROGRAMS = {
  "cli/main": "src/cli/main.ts",
  "programs/mount-reader": "src/connectors/host/local/mounts/mount-reader-main.ts",
  "programs/observe": "src/testing/observe-main.ts",
  "programs/open-store": "src/store/open-store.ts",
  "programs/run-inside": "src/cli/testing/run-inside-main.ts",
  "programs/survey-worker": "src/connectors/host/local/survey/survey-worker-main.ts",
};
/** Finds its native part by where it stands itself. */
const WITH_NATIVE_PARTS = /^@photostructure\/sqlite(\/|$)/;

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

// Names of chunks hold a digest, so those of an earlier build would stay.
for (const folder of ["cli", "programs"]) rmSync(join(dist, folder), { recursive: true, force: true });
const bundle = await rolldown({
  cwd: root,
  input: PROGRAMS,
  platform: "node",
  external: WITH_NATIVE_PARTS,
  transform: { target: "node20.20" },
});
const { output } = await bundle.write({
  dir: dist,
  chunkFileNames: "programs/chunks/[name]-[hash].js",
  comments: { legal: true, annotation: false, jsdoc: false },
  sourcemap: true,
});
await bundle.close();
writeFileSync(join(dist, "programs/THIRD-PARTY-LICENSES.txt"), licensesOf(output));

/** The licences of the packages of which a bundle holds a part, which demand to go with it. */
function licensesOf(chunks) {
  const modules = chunks.flatMap(({ moduleIds = [] }) => moduleIds);
  const folders = modules.flatMap((id) => /.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []);
  return [...new Set(folders)].sort().map(licenseOf).join("\n");
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? `License: ${license}\n` : readFileSync(join(folder, file), "utf8");
  return `==== ${name} ${version}\n\n${text}`;
}
