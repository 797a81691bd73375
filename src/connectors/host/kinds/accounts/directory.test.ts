import { describe, expect, it } from "vitest";
import { observeRecorded, type RecordedCommand } from "../../../../testing/recorded-host.ts";
import { sudoRuleKind } from "./sudo-rule.ts";
import { userKind } from "./user.ts";

const seen = async (getent: Readonly<Record<string, RecordedCommand>>) => {
  const host = { files: { "/etc/passwd": "root:x:0:0::/root:/bin/sh\n", "/etc/group": "" }, commands: getent };
  return (await observeRecorded(userKind, host, ["eve"])).observations.get("eve");
};

describe("a user who is not in the host's own file", () => {
  it("is absent where the C library knows no directory service", async () => {
    expect(await seen({})).toMatchObject({ status: "absent" });
    const musl = {
      exitCode: 1,
      stderr: "getent: Unknown database `--': No error information\nUsage: getent database\n",
    };
    expect(await seen({ "getent -- passwd eve": musl })).toMatchObject({ status: "absent" });
  });

  it("is unchecked while a directory service does not answer", async () => {
    expect(await seen({ "getent -- passwd eve": { exitCode: 1, stderr: "no\n" } })).toMatchObject({
      status: "unchecked",
    });
  });
});

describe("sudoRuleKind", () => {
  it("is empty without any sudoers, and unchecked where they stand in another place", async () => {
    const id = "ada ALL=(root) ALL";
    const none = await observeRecorded(sudoRuleKind, {}, [id]);
    expect(none.observations.get(id)).toMatchObject({ status: "absent" });
    const vendor = await observeRecorded(sudoRuleKind, { files: { "/usr/etc/sudoers": "" } }, [id]);
    expect(vendor.observations.get(id)).toMatchObject({ status: "unchecked", reason: "unsupported" });
  });
});
