/**
 * Makes sure that the suites find what they need, before they start. As root on Debian it installs the packages that are
 * missing; elsewhere it names the suites that will be skipped and what they lack, and under CI=true it fails.
 */
import { execFileSync } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

const POLICY = "/usr/sbin/policy-rc.d";
const KEPT_POLICY = `${POLICY}.leeway-kept`;
const FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const requirements = JSON.parse(readFileSync(new URL("test-requirements.json", import.meta.url), "utf8"));

const packages = missingPackages();
if (packages.length > 0 && canInstall()) install(packages);
report();

/** Debian packages with the programs that no folder has. */
function missingPackages() {
  const programs = Object.values(requirements).flatMap((requirement) => Object.entries(requirement.programs ?? {}));
  return [...new Set(programs.filter(([program]) => !hasProgram(program)).map(([, name]) => name))].sort();
}

function hasProgram(program) {
  return FOLDERS.some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function canInstall() {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version") && hasProgram("apt-get");
}

/** No daemon that comes with a package may start: the suites start their own, where they cannot be in the way. */
function install(names) {
  console.log(`Installing what the tests need: ${names.join(" ")}`);
  const hadPolicy = existsSync(POLICY);
  if (hadPolicy) renameSync(POLICY, KEPT_POLICY);
  try {
    writeFileSync(POLICY, "#!/bin/sh\nexit 101\n");
    chmodSync(POLICY, 0o755);
    const argv = ["install", "--yes", "--quiet=2", "--no-install-recommends", ...names];
    if (!aptGet(argv, { mayFail: true })) {
      aptGet(["update", "--quiet=2"], {});
      aptGet(argv, {});
    }
  } finally {
    if (hadPolicy) renameSync(KEPT_POLICY, POLICY);
    else rmSync(POLICY);
  }
}

/** Whether it worked. The lists of packages may be missing or old, so a first failure means little. */
function aptGet(argv, { mayFail = false }) {
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", APT_LISTCHANGES_FRONTEND: "none" };
    execFileSync("apt-get", argv, { env, stdio: ["ignore", "ignore", mayFail ? "ignore" : "inherit"] });
    return true;
  } catch (error) {
    if (mayFail) return false;
    console.error(`Cannot run "apt-get ${argv.join(" ")}": ${error.message}`);
    return false;
  }
}

function report() {
  const lacking = Object.values(requirements)
    .map((requirement) => ({ suites: requirement.suites, lacks: lacks(requirement) }))
    .filter(({ lacks }) => lacks.length > 0);
  for (const { suites, lacks } of lacking) console.error(`Skipping ${suites}: it needs ${lacks.join(", ")}`);
  if (lacking.length > 0 && process.env.CI === "true") process.exit(1);
}

/** What is missing, each with how to get it. */
function lacks(requirement) {
  const { platform, root, programs = {} } = requirement;
  if (platform !== undefined && platform !== process.platform) return [`a machine with ${platform}`];
  return [
    ...(root === true && process.getuid?.() !== 0 ? ["root (run the tests with sudo)"] : []),
    ...Object.entries(programs)
      .filter(([program]) => !hasProgram(program))
      .map(([program, name]) => `${program} (apt-get install ${name})`),
  ];
}
