import { afterAll, beforeAll } from "vitest";
import { describeWith } from "../../../testing/requirements.ts";
import { type SshServer, startSshServer } from "../../../testing/ssh-server.ts";
import { transportSuite } from "../../../testing/transport-suite.ts";
import type { SshTransport } from "./ssh-host.ts";
import { openSshTransport } from "./ssh-transport.ts";

for (const [title, busybox] of [
  ["the SSH transport", false],
  ["the SSH transport, to a host with busybox", true],
] as const) {
  describeWith("sshd", title, () => {
    let server: SshServer;
    let plainServer: SshServer;
    let plain: SshTransport;

    beforeAll(async () => {
      server = await startSshServer({ busybox });
      plainServer = await startSshServer({ busybox, user: "scan" });
      plain = openSshTransport(plainServer.host());
    });
    afterAll(async () => {
      await plain[Symbol.asyncDispose]();
      await plainServer[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    transportSuite({
      open: async () => openSshTransport(server.host()),
      asUnprivileged: (_, work) => work(plain),
    });
  });
}
