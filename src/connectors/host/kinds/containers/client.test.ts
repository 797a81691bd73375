import { describe, expect, it } from "vitest";
import { observeRecorded } from "../../../../testing/recorded-host.ts";
import { containerKind } from "./container.ts";

describe("containerKind", () => {
  it("keeps containers unchecked of an engine that is there without a client", async () => {
    const { observations } = await observeRecorded(containerKind, { files: { "/var/run/docker.sock": "" } }, [
      "docker:web",
    ]);
    expect(observations.get("docker:web")).toMatchObject({ status: "unchecked", reason: "unsupported" });
  });

  it("takes what is left of an engine that was removed for none", async () => {
    const { observations } = await observeRecorded(containerKind, { files: { "/var/lib/docker": { folder: true } } }, [
      "docker:web",
    ]);
    expect(observations.get("docker:web")).toMatchObject({ status: "absent" });
  });
});
