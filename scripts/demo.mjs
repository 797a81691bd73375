/**
 * Leeway on this very machine, with nothing made up: captures what is there into a Git repository, finds it in sync, changes ten
 * things for real in a scratch tree, and finds them. It writes nothing outside one scratch folder.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";

const LEEWAY = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const startedAt = performance.now();
const scratch = mkdtempSync(join(tmpdir(), "leeway-demo-"));
const tree = join(scratch, "app");
const isRoot = userInfo().uid === 0;

const say = (text) => process.stdout.write(`${text}\n`);
const step = (text) => say(process.stdout.isTTY ? `\n\u001b[1m▸ ${text}\u001b[0m` : `\n▸ ${text}`);

/** Runs a program in the scratch repository and shows its command line. */
function run(command, args, { show = true, accept = [0] } = {}) {
  if (show)
    say(`$ ${[command === process.execPath ? "leeway" : command, ...args.filter((arg) => arg !== LEEWAY)].join(" ")}`);
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: scratch,
    encoding: "utf8",
    stdio: show ? "inherit" : "pipe",
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
  });
  if (accept.includes(status)) return status;
  say(`${stdout ?? ""}${stderr ?? ""}`);
  throw new Error(`Cannot go on: ${command} ${args.join(" ")} exited with ${status}`);
}

const leeway = (args, options) => run(process.execPath, [LEEWAY, ...args], options);
const git = (...args) =>
  run("git", ["-c", "user.name=Leeway demo", "-c", "user.email=demo@example.com", ...args], { show: false });

function put(name, text, mode = 0o644) {
  const path = join(tree, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
}

function makeTree() {
  for (const folder of ["bin", "etc", "keys", "releases/1", "releases/2", "share"])
    mkdirSync(join(tree, folder), { recursive: true });
  put("bin/serve", "#!/bin/sh\nexec app --port 8080\n", 0o755);
  put("bin/backup", "#!/bin/sh\ntar -C /srv -cf - data\n", 0o755);
  put("etc/app.cfg", "[server]\nport = 8080\nworkers = 4\n");
  put("etc/app.env", "LOG_LEVEL=info\nDATABASE=postgres://db.internal/app\n", 0o640);
  put("etc/limits.conf", "nofile = 65536\n");
  put(
    "keys/deploy.key",
    "-----BEGIN OPENSSH PRIVATE KEY-----\n(no real key)\n-----END OPENSSH PRIVATE KEY-----\n",
    0o600,
  );
  put("releases/1/app.js", "serve(1);\n");
  put("releases/2/app.js", "serve(2);\n");
  put("share/motd", "Welcome.\n");
  put("share/robots.txt", "User-agent: *\n");
  symlinkSync("releases/1", join(tree, "current"));
}

/** Ten things that go wrong on real machines. */
function driftTheTree() {
  const path = (name) => join(tree, name);
  const changes = [
    [
      "edit a setting by hand: etc/app.cfg",
      () => put("etc/app.cfg", readFileSync(path("etc/app.cfg"), "utf8").replace("workers = 4", "workers = 64")),
    ],
    [
      "change a key in an env file: etc/app.env",
      () => put("etc/app.env", "LOG_LEVEL=debug\nDATABASE=postgres://db.internal/app\n", 0o640),
    ],
    ["make a private key world readable: keys/deploy.key", () => chmodSync(path("keys/deploy.key"), 0o644)],
    ["set the setuid bit on a program: bin/backup", () => chmodSync(path("bin/backup"), 0o4755)],
    ["replace a program: bin/serve", () => put("bin/serve", "#!/bin/sh\nexec app --port 8080 --debug\n", 0o755)],
    ["make a file writable by everyone: share/motd", () => chmodSync(path("share/motd"), 0o666)],
    [
      isRoot ? "give a file to another user: etc/limits.conf" : "narrow a file's mode: etc/limits.conf",
      () => (isRoot ? chownSync(path("etc/limits.conf"), 65534, 65534) : chmodSync(path("etc/limits.conf"), 0o600)),
    ],
    [
      "swap a link to another release: current",
      () => {
        rmSync(path("current"));
        symlinkSync("releases/2", path("current"));
      },
    ],
    ["delete a file: share/robots.txt", () => rmSync(path("share/robots.txt"))],
    ["leave a new file behind: bin/debug-shell", () => put("bin/debug-shell", "#!/bin/sh\nexec sh -i\n", 0o755)],
  ];
  for (const [number, [what, change]] of changes.entries()) {
    change();
    say(`  ${String(number + 1).padStart(2)}  ${what}`);
  }
}

/**
 * Who is not root cannot read everything, and what cannot be read makes a scan incomplete, never in sync. So a first look, with a
 * store of its own, tells what to leave out of the scope; it is named, for a gap is worth knowing.
 */
function leaveOutWhatCannotBeRead() {
  leeway(["capture", "machine"], { show: false });
  git("add", "--all");
  git("commit", "--quiet", "--message", "Look at what can be read");
  const look = spawnSync(process.execPath, [LEEWAY, "scan", "--format", "json", "--store", ".leeway/look.db"], {
    cwd: scratch,
    encoding: "utf8",
  });
  const { unchecked } = JSON.parse(look.stdout);
  const escaped = (id) => id.replace(/[\\*?]/g, "\\$&");
  const exclude = [
    ...new Set(
      unchecked.map(({ kind, resource }) => (resource === "**" ? `${kind}:**` : `${kind}:${escaped(resource)}`)),
    ),
  ];
  rmSync(join(scratch, "desired"), { recursive: true });
  if (exclude.length === 0) return;
  const config = parseDocument(readFileSync(join(scratch, "leeway.yaml"), "utf8"));
  config.setIn(["targets", "machine", "scope", "exclude"], config.createNode(exclude));
  writeFileSync(join(scratch, "leeway.yaml"), String(config));
  const more = exclude.length > 3 ? ` and ${exclude.length - 3} more` : "";
  say(`Left out, because ${userInfo().username} may not read it: ${exclude.slice(0, 3).join(" ")}${more}`);
}

/** Other processes come and go while this runs; what they own is not what is shown here. */
const SCOPE = [
  "host/user:*",
  "host/group:*",
  "host/package:*",
  "host/sysctl:*",
  "host/service:*",
  "host/port:*",
  "host/sshd:*",
  `host/file:${tree}/**`,
  `host/directory:${tree}/**`,
];

step("A scratch repository, and a tree of files to play with");
mkdirSync(tree);
makeTree();
git("init", "--quiet", "--initial-branch=main");
leeway(["init", "--yes", "--target", "machine", ...SCOPE.flatMap((entry) => ["--include", entry])]);

step("Capture this machine as desired state, and commit it");
leaveOutWhatCannotBeRead();
leeway(["capture", "machine"]);
git("add", "--all");
git("commit", "--quiet", "--allow-empty", "--message", "Capture the machine as it is");

step("Scan: is production as declared?");
leeway(["scan"], { accept: [0, 1, 3] });

step("Now production drifts, for real, in ten ways");
driftTheTree();

step("Scan again");
leeway(["scan"], { accept: [1] });

step("The same as one HTML file");
leeway(["scan", "--format", "html", "--output", "leeway-report.html"], { accept: [1] });

say(`\nReport:     ${join(scratch, "leeway-report.html")}`);
say(`Repository: ${scratch}`);
say(`Took ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
