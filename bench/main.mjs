import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const node = process.execPath;

/**
 * One measure: two commands that do the same work. A command that prints `{ "milliseconds": … }` has timed itself, and may
 * add `notes`, or say why it is `skipped`; else the whole process is timed. The ratio is ours ÷ peer, so less is better; the goal is the most it may be, where
 * there is one.
 */
const fimFolder = join(tmpdir(), `leeway-fim-${process.pid}`);

const MEASURES = [
  {
    name: "compare",
    what: "100,000 pairs of 60 leaves, 1 % changed, with semantics, against microdiff without",
    ours: [node, here("compare-pairs.mjs"), "ours"],
    peer: [node, here("compare-pairs.mjs"), "microdiff"],
    rounds: 5,
    selfTimed: true,
    goal: 0.5,
  },
  {
    name: "growth",
    what: "time per 100,000 observations when a million are compared, against when 100,000 are",
    ours: [node, here("../src/compare/fixtures/compare-many.mjs"), "1000000"],
    peer: [node, here("../src/compare/fixtures/compare-many.mjs"), "100000"],
    rounds: 5,
    selfTimed: true,
    goal: 1.2,
  },
  {
    name: "help",
    what: "leeway --help against node -e 0",
    ours: [node, here("../dist/cli/main.js"), "--help"],
    peer: [node, "-e", "0"],
    rounds: 15,
    selfTimed: false,
    goal: 3,
  },
  {
    name: "fim",
    what: "scan of /etc, /usr/bin and /usr/lib as captured and recorded, every content read, against aide --check",
    ours: [node, here("fim.mjs"), "ours", fimFolder],
    peer: [node, here("fim.mjs"), "aide", fimFolder],
    rounds: 3,
    selfTimed: true,
    goal: 0.25,
    goalPeakMb: 300,
    folder: fimFolder,
    // Minutes, and the whole machine: only for who asks for it.
    onlyByName: true,
    missing: () => fimMissing(),
  },
  {
    name: "rescan",
    what: "second scan of the same trees, unchanged, against a first one that has recorded nothing",
    ours: [node, here("fim.mjs"), "again", fimFolder],
    peer: [node, here("fim.mjs"), "first", fimFolder],
    rounds: 2,
    selfTimed: true,
    goal: 0.1,
    goalPeakMb: 300,
    folder: fimFolder,
    onlyByName: true,
    missing: () => fimMissing(),
  },
  {
    name: "start",
    what: "leeway scan of one file against git show, sha256sum --check and stat in a shell by hand",
    ours: [node, here("start.mjs"), "ours"],
    peer: [node, here("start.mjs"), "peer"],
    rounds: 5,
    selfTimed: true,
  },
  {
    name: "ssh-host",
    what: "20 kinds of one host over SSH against one shell script by hand that prints their raw sources over the same client",
    ours: [node, here("ssh-host.mjs"), "ours", "kinds"],
    peer: [node, here("ssh-host.mjs"), "peer", "kinds"],
    rounds: 5,
    selfTimed: true,
    goal: 2,
    goalMs: 2000,
  },
  {
    name: "ssh-tree",
    what: "the same with every file and directory of /etc",
    ours: [node, here("ssh-host.mjs"), "ours", "tree"],
    peer: [node, here("ssh-host.mjs"), "peer", "tree"],
    rounds: 5,
    selfTimed: true,
    goal: 1.33,
  },
  {
    name: "fleet",
    what: "300 files of each of 50 hosts over SSH, and one more that never answers, against a fan-out of find and sha256sum by hand",
    ours: [node, here("fleet.mjs"), "ours"],
    peer: [node, here("fleet.mjs"), "peer"],
    rounds: 3,
    selfTimed: true,
    goal: 2,
  },
];

/** Why the trees cannot be checked here, and how they can. */
function fimMissing() {
  if (process.getuid?.() !== 0) return "it must be run as root, to read every file: sudo npm run bench -- fim";
  if (!existsSync("/usr/bin/aide")) return "AIDE is not installed: apt install --no-install-recommends aide";
  return existsSync("/usr/bin/time") ? undefined : "GNU time is not installed: apt install time";
}

const { values, positionals } = parseArgs({
  options: { check: { type: "boolean" }, json: { type: "boolean" } },
  allowPositionals: true,
});

function run(command, selfTimed) {
  const begin = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command[0], command.slice(1), { encoding: "utf8" });
  const wall = performance.now() - begin;
  if (error?.code === "ENOENT") return undefined;
  if (status !== 0) throw new Error(`Cannot measure "${command.join(" ")}": it exited with ${status}: ${stderr}`);
  return selfTimed ? JSON.parse(stdout) : { milliseconds: wall };
}

const median = (numbers) => [...numbers].sort((left, right) => left - right)[numbers.length >> 1];

/** Ours and the peer in turn, so that both meet the same weather; the ratio is taken round by round. */
function measure(one) {
  const { name, what, goal, missing } = one;
  const reason = missing?.();
  if (reason !== undefined) return { name, what, goal, verdict: "skipped", reason };
  try {
    return measured(one);
  } finally {
    if (one.folder !== undefined) rmSync(one.folder, { recursive: true, force: true });
  }
}

function measured({ name, what, ours, peer, rounds, selfTimed, goal, goalMs, goalPeakMb, peerFrom }) {
  const pairs = [];
  const { skipped, notes } = run(ours, selfTimed);
  if (skipped !== undefined) return { name, what, goal, verdict: "skipped", reason: skipped };
  for (let round = 0; round < rounds; round++) {
    const own = run(ours, selfTimed);
    const theirs = run(peer, selfTimed);
    if (theirs === undefined)
      return { name, what, goal, verdict: "skipped", reason: `"${peer[0]}" is not installed: ${peerFrom}` };
    pairs.push({ own, theirs, ratio: own.milliseconds / theirs.milliseconds });
  }
  const ratios = pairs.map(({ ratio }) => ratio);
  const oursPeakMb = Math.max(...pairs.map(({ own }) => own.peakMb ?? 0));
  const oursMs = median(pairs.map(({ own }) => own.milliseconds));
  const isMet =
    median(ratios) <= (goal ?? Number.POSITIVE_INFINITY) &&
    oursMs <= (goalMs ?? Number.POSITIVE_INFINITY) &&
    oursPeakMb <= (goalPeakMb ?? Number.POSITIVE_INFINITY);
  return {
    name,
    what,
    goal,
    ...(notes === undefined ? {} : { notes }),
    oursMs,
    ...(goalMs === undefined ? {} : { goalMs }),
    peerMs: median(pairs.map(({ theirs }) => theirs.milliseconds)),
    ratio: median(ratios),
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    ...(goalPeakMb === undefined ? {} : { oursPeakMb, goalPeakMb, cpuRatio: cpuRatio(pairs) }),
    verdict: isMet ? "ok" : "short",
  };
}

/** What both used of the processors: on a machine that others use too, it says more than the time on the clock. */
function cpuRatio(pairs) {
  return median(pairs.map(({ own, theirs }) => own.cpuMilliseconds / theirs.cpuMilliseconds));
}

function line(result) {
  if (result.verdict === "skipped") return `${result.name}  -  -  -  goal ${result.goal}  skipped: ${result.reason}`;
  const { name, oursMs, peerMs, ratio, ratioMin, ratioMax, goal, goalMs, verdict, notes } = result;
  const range = `${ratio.toFixed(2)} (${ratioMin.toFixed(2)}–${ratioMax.toFixed(2)})`;
  const said = notes === undefined ? "" : `  (${notes})`;
  const aim = goal === undefined ? "no goal" : `goal ≤ ${goal}${goalMs === undefined ? "" : `, ${goalMs} ms`}`;
  const times = `ours ${oursMs.toFixed(0)} ms  peer ${peerMs.toFixed(0)} ms  ratio ${range}  ${aim}`;
  return `${name.padEnd(10)}  ${times}${memory(result)}${goal === undefined ? "" : `  ${verdict}`}${said}`;
}

function memory({ oursPeakMb, goalPeakMb, cpuRatio: ratio }) {
  if (oursPeakMb === undefined) return "";
  return `  processor time ${ratio.toFixed(2)}  peak ${oursPeakMb.toFixed(0)} MB  goal ≤ ${goalPeakMb} MB`;
}

const unknown = positionals.filter((name) => !MEASURES.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(
    `Cannot run benchmark "${unknown[0]}": there is none of that name; there are ${MEASURES.map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}
const wanted = MEASURES.filter(({ name, onlyByName }) =>
  positionals.length === 0 ? onlyByName !== true : positionals.includes(name),
);
for (const { name } of positionals.length === 0 ? MEASURES.filter(({ onlyByName }) => onlyByName) : [])
  if (!values.json) console.log(`${name.padEnd(10)}  skipped: it takes minutes: npm run bench -- ${name}`);
const results = [];
for (const one of wanted) {
  const result = measure(one);
  results.push(result);
  if (!values.json) console.log(line(result));
}
if (values.json) console.log(JSON.stringify(results, null, 2));
if (values.check && results.some(({ verdict }) => verdict === "short")) process.exit(1);
