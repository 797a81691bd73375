import { expect, it } from "vitest";
import { observeRecorded } from "../../../../testing/recorded-host.ts";
import { certificateKind } from "./certificate.ts";

it("says that it did not look behind a link that the scope begins with", async () => {
  const files = { "/etc/ssl/certs": { link: "/etc/pki/tls/certs" }, "/etc/pki/tls/certs/ca.crt": "" };
  const { listing } = await observeRecorded(certificateKind, { files }, [], { prefixes: ["/etc/ssl/certs/"] });
  expect(listing).toMatchObject({ gaps: [{ glob: "/etc/ssl/certs/**", reason: "unsupported" }] });
});
