import { describe, expect, it } from "vitest";
import { observeRecorded } from "../../../../testing/recorded-host.ts";
import { RPM_COMMAND } from "./managers.ts";
import { packageKind } from "./package.ts";

const rpm = (stderr: string) => ({
  files: { "/var/lib/rpm/rpmdb.sqlite": "" },
  commands: { [RPM_COMMAND.join(" ")]: { stdout: "rpm\tx86_64\t4.16.1.3-29.el9\n", stderr } },
});

describe("readRpmPackages", () => {
  it("keeps packages unchecked that rpm may have passed over because of a damaged record", async () => {
    const damaged = rpm(
      "error: rpmdbNextIterator: skipping h#     123 Header V4 RSA/SHA256 Signature, key ID 0: BAD\n",
    );
    const { observations } = await observeRecorded(packageKind, damaged, ["bash", "rpm"]);
    expect(observations.get("bash")).toMatchObject({ status: "unchecked", reason: "failed" });
    expect(observations.get("rpm")).toMatchObject({ status: "present" });
  });

  it("passes over its warnings", async () => {
    const { observations } = await observeRecorded(packageKind, rpm("warning: Found bdb database\n"), ["bash"]);
    expect(observations.get("bash")).toMatchObject({ status: "absent" });
  });
});
