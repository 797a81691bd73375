import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { makeCertificate } from "./fixtures/make-certificate.ts";

const KIND = "host/certificate";
const FILE = "/srv/tls/web.pem";

describeWith("machine", "certificateKind", () => {
  let machine: Machine;
  const write = (text: string | Uint8Array, file = FILE) => machine.must(["tee", file], { input: text });
  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["mkdir", "-p", "/srv/tls/deep"]);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("shows that a certificate was signed again in its fingerprint alone", async () => {
    await write(makeCertificate());
    const what = { kind: KIND, id: FILE, path: "/fingerprint_sha256", becomes: expect.any(String) };
    await expectOnly(machine, what, () => write(makeCertificate()));
  });

  it("reads each certificate of a bundle, asked for by number or found", async () => {
    await write(makeCertificate() + makeCertificate({ subject: "ca" }));
    const asked = [{ id: `${FILE}#2` }, { id: `${FILE}#3` }, { id: "/srv/none.pem" }];
    const { observations } = await observeIn(machine, KIND, { asked });
    expect(observations.get(`${FILE}#2`)).toMatchObject({ status: "present", actual: { subject: "CN=ca" } });
    expect(observations.get(`${FILE}#3`)).toMatchObject({ status: "absent" });
    expect(observations.get("/srv/none.pem")).toMatchObject({ status: "absent" });
  });

  it("lists what is named as a certificate in scope, links too, and nothing else", async () => {
    await machine.must(["sh", "-c", "rm -rf /srv/tls/*; mkdir /srv/tls/deep"]);
    await write(makeCertificate(), "/srv/tls/deep/a.crt");
    await write(makeCertificate(), "/srv/tls/readme");
    await write("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "/srv/tls/key.pem");
    await machine.must(["ln", "-s", "deep/a.crt", "/srv/tls/link.pem"]);
    await machine.must(["ln", "-s", "none", "/srv/tls/dangling.pem"]);
    const { observations, listing } = await observeIn(machine, KIND, { inScope: true, prefixes: ["/srv/tls/"] });
    expect([...observations.keys()].sort()).toEqual(["/srv/tls/deep/a.crt", "/srv/tls/link.pem"]);
    expect(listing).toMatchObject({ status: "listed" });
    expect(listing).not.toHaveProperty("gaps");
  });

  it("keeps what is garbage, cut off or denied unchecked, and does not take a text for a certificate", async () => {
    await machine.must(["sh", "-c", "rm -rf /srv/tls/*; install -d -m 0700 /srv/tls/closed"]);
    await write(Uint8Array.of(0x30, 0x82, 1, 2, 3), "/srv/tls/garbage.pem");
    await write("This is a dummy: add some certificates to it.\n", "/srv/tls/dummy.pem");
    await write(makeCertificate().slice(0, 100), "/srv/tls/cut.pem");
    await write(makeCertificate(), "/srv/tls/denied.pem");
    await machine.must(["chmod", "0600", "/srv/tls/denied.pem"]);
    const asked = [{ id: "/srv/tls/denied.pem#2" }, { id: "/srv/tls/closed/a.pem" }];
    const request = { asked, inScope: true, prefixes: ["/srv/tls/"], user: "nobody" };
    const { observations, listing } = await observeIn(machine, KIND, request);
    const seen = Array.from(observations.values(), (each) => [
      each.resource.id,
      each.status === "unchecked" ? each.reason : each.status,
    ]);
    expect(Object.fromEntries(seen)).toEqual({
      "/srv/tls/garbage.pem": "failed",
      "/srv/tls/cut.pem": "failed",
      "/srv/tls/denied.pem": "denied",
      "/srv/tls/denied.pem#2": "denied",
      "/srv/tls/closed/a.pem": "denied",
    });
    expect(listing).toMatchObject({ gaps: expect.arrayContaining([expect.objectContaining({ reason: "denied" })]) });
  });
});
