import { describe, expect, it } from "vitest";
import { KEYS, makeCertificate } from "./fixtures/make-certificate.ts";
import { parseCertificates } from "./parse-certificates.ts";

const parse = (text: string | Uint8Array) => parseCertificates(Buffer.from(text));
const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");

describe("parseCertificates", () => {
  it("reads whatever a certificate says", () => {
    expect(parse(makeCertificate({ sans: ["b.example", "*.a.example"] }))).toEqual([
      {
        subject: "CN=web",
        issuer: "CN=ca",
        sans: ["DNS:b.example", "DNS:*.a.example"],
        serial: "05",
        not_before: "2025-01-01T00:00:00.000Z",
        not_after: "2045-01-01T00:00:00.000Z",
        key_algorithm: "ec",
        key_curve: "prime256v1",
        signature_algorithm: "ecdsa-with-SHA256",
        fingerprint_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        is_ca: false,
        self_signed: false,
      },
    ]);
  });

  it.each([
    [{ key: KEYS.rsa1024 }, { key_algorithm: "rsa", key_size: 1024 }],
    [{ key: KEYS.ed25519 }, { key_algorithm: "ed25519" }],
    [{ hash: "sha384" as const }, { signature_algorithm: "ecdsa-with-SHA384" }],
    [{ isCa: true }, { is_ca: true }],
    [{ subject: "ca", key: KEYS.authority }, { self_signed: true }],
    [{ subject: "ca" }, { self_signed: false }],
    [{ sans: [] }, { sans: [] }],
    [{ sans: ["a, DNS:b"] }, { sans: ['DNS:"a\\u002c DNS:b"'] }],
  ])("tells %#", (parts, attributes) => {
    expect(parse(makeCertificate(parts))).toMatchObject([attributes]);
  });

  it("reads DER as it reads PEM", () => {
    const pem = makeCertificate();
    expect(parse(derOf(pem))).toEqual(parse(pem));
  });

  it("reads each certificate of a bundle and nothing of a private key in it", () => {
    const key = KEYS.p256.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const found = parse(`# web\n${makeCertificate()}${key}${makeCertificate({ subject: "ca" })}`);
    expect(found).toMatchObject([{ subject: "CN=web" }, { subject: "CN=ca" }]);
    expect(parse(key)).toEqual([]);
  });

  it("keeps one that is cut off or broken unreadable, and not the others", () => {
    const pem = makeCertificate();
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    expect(parse(`${broken}${pem}${pem.slice(0, 200)}`)).toEqual([undefined, expect.any(Object), undefined]);
    expect(parse(pem.slice(0, -5))).toEqual([undefined]);
    expect(parse(derOf(pem).subarray(0, 100))).toEqual([undefined]);
  });

  it("finds none in a text, and in nothing", () => {
    expect(parse("This is a dummy root certificate file.\n")).toEqual([]);
    expect(parse("")).toEqual([]);
  });
});
