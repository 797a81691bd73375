import { execFileSync } from "node:child_process";

/** The command-line suites run the real binary, so it is built once before any of them starts. */
export default function setup() {
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
}
