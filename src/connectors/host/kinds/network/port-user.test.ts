import { describe, expect, it } from "vitest";
import { observeRecorded, type RecordedCommand } from "../../../../testing/recorded-host.ts";
import { portKind } from "./port.ts";

const LINE = 'tcp LISTEN 0 5 127.0.0.1:7001 0.0.0.0:* users:(("web",pid=7,fd=3)) uid:7001 ino:1 sk:1 <->\n';

const port = async (getent: Readonly<Record<string, RecordedCommand>>) =>
  (
    await observeRecorded(portKind, {
      files: { "/etc/passwd": "root:x:0:0::/root:/bin/sh\n" },
      commands: { "ss -H -lntupe": { stdout: LINE }, ...getent },
    })
  ).observations.get("tcp:7001");

describe("the user of a port", () => {
  it("is unchecked while the directory service that may know it does not answer", async () => {
    const down = await port({ "getent -- passwd 7001": { exitCode: 1, stderr: "cannot reach the service\n" } });
    expect(down).toMatchObject({ actual: { process: "web" }, facts: [{ path: "/user", fact: "unchecked" }] });
    expect(down).not.toHaveProperty("actual.user");
  });

  it("is its number where nobody knows it, or there is nobody to ask", async () => {
    const unknown = await port({ "getent -- passwd 7001": { exitCode: 2 } });
    for (const seen of [unknown, await port({})]) expect(seen).toMatchObject({ actual: { user: "7001" } });
  });
});
