import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    globalSetup: ["scripts/build-for-tests.mjs"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Suites start real servers and real processes: more workers than cores only make them wait for each other.
    maxWorkers: 2,
  },
});
