import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

/**
 * Checks one file against what one commit says of it, and prints how long that took: `start.mjs ours|peer`. Ours is a whole
 * `leeway scan`; the peer is a shell by hand that asks Git for the commit, the digest, the mode and the owner, and compares them.
 */
const STARTS = 7;
const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const BY_HAND = `set -e
git rev-parse --quiet --verify HEAD > /dev/null
git show HEAD:sums | sha256sum --check --quiet
test "$(git show HEAD:modes)" = "$(stat --format='%a %U %G %n' tree/app.cfg)"
git status --porcelain
`;

const folder = mkdtempSync(join(tmpdir(), "leeway-start-"));
try {
  prepare();
  const command = process.argv[2] === "peer" ? ["sh", "-c", BY_HAND] : [process.execPath, MAIN, "scan"];
  run(command);
  const cpuBefore = cpuOfChildren();
  const walls = Array.from({ length: STARTS }, () => timed(command)).sort((left, right) => left - right);
  const cpu = (cpuOfChildren() - cpuBefore) / STARTS;
  console.log(JSON.stringify({ milliseconds: walls[STARTS >> 1], cpu, notes: `CPU ${cpu.toFixed(0)} ms` }));
} finally {
  rmSync(folder, { recursive: true });
}

function prepare() {
  mkdirSync(join(folder, "tree"));
  writeFileSync(join(folder, "tree/app.cfg"), "port = 8080\n", { mode: 0o644 });
  writeFileSync(join(folder, ".gitignore"), ".leeway/\n");
  writeFileSync(
    join(folder, "leeway.yaml"),
    `version: 1\ntargets:\n  here:\n    connector: host\n    desired: desired\n    scope: { include: ["host/file:${folder}/tree/**"] }\n`,
  );
  run(["sh", "-c", "sha256sum tree/app.cfg > sums; stat --format='%a %U %G %n' tree/app.cfg > modes"]);
  run(["git", "init", "--quiet"]);
  run([process.execPath, MAIN, "capture", "here"]);
  run(["git", "add", "--all"]);
  run([
    "git",
    "-c",
    "user.name=bench",
    "-c",
    "user.email=bench@example.com",
    "commit",
    "--quiet",
    "--message",
    "state",
  ]);
}

function run([program, ...args]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`Cannot run "${program} ${args.join(" ")}": it exited with ${status}: ${stderr}${stdout}`);
}

function timed(command) {
  const begin = performance.now();
  run(command);
  return performance.now() - begin;
}

/** What all ended children used, theirs included; in ticks of 10 ms, of which many starts make a figure. */
function cpuOfChildren() {
  const [, ...fields] = readFileSync("/proc/self/stat", "utf8").split(") ").pop().split(" ");
  return (Number(fields[12]) + Number(fields[13])) * 10;
}
