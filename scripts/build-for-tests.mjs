import { spawnSync } from "node:child_process";

/**
 * The command-line suites run the real binary, so it is built once before any of them starts. Wrong types are the business of
 * `npm run types`: only in CI do they keep the tests from running.
 */
export default function setup() {
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    stdio: process.env.CI === "true" ? "inherit" : "ignore",
  });
  if (status !== 0 && process.env.CI === "true") throw new Error("Cannot run the tests: the build failed");
}
