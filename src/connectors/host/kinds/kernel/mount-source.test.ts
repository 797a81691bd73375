import { expect, it } from "vitest";
import { observeRecorded } from "../../../../testing/recorded-host.ts";
import { mountKind } from "./mount.ts";

it("seals the source of a mount that holds a password, and no other", async () => {
  const line = (source: string) => `22 1 0:20 / /srv/data rw,nosuid - fuse ${source} rw,user_id=0\n`;
  const sourceOf = async (source: string) =>
    (await observeRecorded(mountKind, { files: { "/proc/self/mountinfo": line(source) } })).observations.get(
      "/srv/data",
    );
  expect(await sourceOf("curlftpfs#ftp://ada:hunter2@host/")).toMatchObject({
    facts: [{ path: "/source", fact: "sensitive" }],
  });
  expect(await sourceOf("ada@host:/srv")).not.toHaveProperty("facts");
});
