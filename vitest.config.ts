import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The longest ones. What they are changes the order alone. */
const LONGEST = [
  "src/cli/host-scene.test.ts",
  "src/cli/attributes.test.ts",
  "src/cli/kill-scan.test.ts",
  "src/connectors/host/ssh/ssh-connection.test.ts",
  "src/cli/exit-codes.test.ts",
  "src/connectors/host/kinds/systemd/service.test.ts",
  "src/cli/settings.test.ts",
  "src/cli/fleet.test.ts",
];
/** How a suite says that it starts machines, servers or the binary. */
const STARTS = /\b(?:startMachine|startSshServer|startScene|startDriftedScene|startChild)\b/;

/** What takes long comes first, so that no core waits in the end for the other; within that vitest's own order. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const ranks = new Map(files.map((file) => [file, rankOf(file.moduleId)]));
    return (await super.sort(files)).sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
  }
}

function rankOf(path: string): number {
  const place = LONGEST.findIndex((name) => path.endsWith(name));
  if (place !== -1) return place;
  return LONGEST.length + (STARTS.test(readFileSync(path, "utf8")) ? 0 : 1);
}

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    globalSetup: ["scripts/build-for-tests.mjs"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Suites start real servers and real processes: more workers than cores only make them wait for each other.
    maxWorkers: 2,
    // A process for each file would spend more on starting than most tests take: they share two, and what one changes of its
    // process (the environment, the user, the clock) it puts back.
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
});
