/**
 * One scan of captured and recorded system trees, or one check of the same trees by AIDE.
 * `node fim.mjs ours|again|first|aide FOLDER`: `ours` reads every content, `again` goes by what did not change, `first` has recorded
 * nothing. FOLDER is made ready when it is empty. Prints `{ milliseconds, cpuMilliseconds, peakMb }`.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const TREES = ["/etc", "/usr/bin", "/usr/lib"];
/** `p+u+g+ftype+s+l`: mode, owner, group, type, size and link target; contents by SHA-256. */
const ATTRIBUTES = "p+u+g+ftype+s+l+sha256";
const leeway = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

const [side, folder] = process.argv.slice(2);
if (!["ours", "again", "first", "aide"].includes(side) || folder === undefined) {
  console.error("Cannot measure: say ours, again, first or aide, and a folder to work in");
  process.exit(2);
}
const isAide = side === "aide";
const home = join(folder, isAide ? "aide" : "ours");
if (!existsSync(home)) prepare();

const begin = performance.now();
const { status, stderr } = once();
const milliseconds = performance.now() - begin;
// AIDE says 0 when nothing differs, and 1 to 7 when something does; this program says 1 then.
if (status === null || status > 7 || (!isAide && status > 1)) {
  console.error(`Cannot measure ${side}: it exited with ${status}: ${stderr}`);
  process.exit(1);
}
console.log(JSON.stringify({ milliseconds, ...usage(stderr) }));

function once() {
  if (isAide) return timed("aide", [`--config=${join(home, "aide.conf")}`, "--check", "--workers=2"]);
  const store = side === "first" ? ["--store", emptyStore()] : [];
  return timed(process.execPath, [leeway, "scan", "here", ...store, ...(side === "ours" ? ["--rehash"] : [])]);
}

/** A store that has recorded nothing, with the key that secrets were captured under. */
function emptyStore() {
  const empty = mkdtempSync(join(folder, "first-"));
  copyFileSync(join(home, ".leeway/key"), join(empty, "key"));
  return join(empty, "state.db");
}

/** GNU time tells what the process, and it alone, took. */
function timed(program, args) {
  const options = { cwd: home, encoding: "utf8", maxBuffer: 1 << 30 };
  return spawnSync("/usr/bin/time", ["-f", "\n@%U %S %M", program, ...args], options);
}

function usage(text) {
  const [, user, system, kilobytes] = /@([\d.]+) ([\d.]+) (\d+)\s*$/.exec(text) ?? [];
  return { cpuMilliseconds: (Number(user) + Number(system)) * 1000, peakMb: Number(kilobytes) / 1024 };
}

function prepare() {
  mkdirSync(home, { recursive: true });
  if (isAide) prepareAide();
  else prepareOurs();
}

function prepareAide() {
  const database = `file:${join(home, "aide.db")}`;
  const lines = [`database_in=${database}`, `database_out=${database}`, "gzip_dbout=no", "report_url=stdout"];
  const rules = TREES.map((tree) => `${tree} R`);
  writeFileSync(join(home, "aide.conf"), [...lines, `R = ${ATTRIBUTES}`, ...rules, ""].join("\n"));
  must("aide", [`--config=${join(home, "aide.conf")}`, "--init", "--workers=2"]);
}

function prepareOurs() {
  const include = TREES.flatMap((tree) => [`        - host/file:${tree}/**`, `        - host/directory:${tree}/**`]);
  const scope = ["    scope:", "      include:", ...include];
  const target = ["targets:", "  here:", "    connector: host", "    desired:", "      path: desired", ...scope];
  writeFileSync(join(home, "leeway.yaml"), ["version: 1", ...target, ""].join("\n"));
  must("git", ["init", "-q", "."]);
  must(process.execPath, [leeway, "capture", "here"]);
  must("git", ["add", "-A"]);
  must("git", ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-qm", "As it is"]);
  // Records what is there; what changed just before that is recorded by the second one.
  for (let scan = 0; scan < 2; scan++) must(process.execPath, [leeway, "scan", "here"]);
}

function must(program, args) {
  const { status, stderr, error } = spawnSync(program, args, { cwd: home, encoding: "utf8", maxBuffer: 1 << 30 });
  if (status === 0) return;
  console.error(`Cannot prepare ${side}: "${program} ${args.join(" ")}" failed: ${error?.message ?? stderr}`);
  process.exit(1);
}
