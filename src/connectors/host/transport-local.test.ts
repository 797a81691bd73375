import { describe, expect, it } from "vitest";
import { makeScratch } from "../../testing/scratch.ts";
import { transportSuite } from "../../testing/transport-suite.ts";
import { asUnprivileged } from "../../testing/unprivileged.ts";
import { openLocalTransport } from "./transport-local.ts";

describe("the local transport", () => {
  transportSuite({
    open: async () => openLocalTransport(),
    asUnprivileged: (transport, work) => asUnprivileged(() => work(transport)),
  });

  it("says which package has a program that is missing", async () => {
    await using scratch = await makeScratch();
    const bare = openLocalTransport({ programFolders: [scratch.path] });
    expect(await bare.run(["dpkg-query", "-W"])).toEqual({
      ok: false,
      reason: "unsupported",
      detail: 'Cannot run "dpkg-query": it is not installed (Debian package dpkg)',
    });
  });
});
