import { X509Certificate } from "node:crypto";
import {
  type CertificateParts,
  KEYS,
  makeCertificate,
} from "../../../connectors/host/kinds/certificates/fixtures/make-certificate.ts";
import type { Json } from "../../../model/json.ts";
import type { AttributeCase, KindCases } from "./attribute-case.ts";

const FILE = "/srv/tls/web.pem";
const install = (pem: string) => `mkdir -p /srv/tls; printf '%s' '${pem}' > ${FILE}`;

interface Change {
  readonly name: string;
  readonly declared: Json;
  readonly before?: Partial<CertificateParts>;
  readonly after: Partial<CertificateParts>;
  readonly also?: readonly string[];
}

/** Whatever a certificate says is part of its fingerprint. */
function changedPart({ name, declared, before = {}, after, also = [] }: Change): readonly [string, AttributeCase] {
  const pem = makeCertificate(before);
  const fingerprint_sha256 = new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
  const one: AttributeCase = {
    id: FILE,
    declared: { fingerprint_sha256, [name]: declared },
    before: install(pem),
    change: install(makeCertificate({ ...before, ...after })),
    also: ["/fingerprint_sha256", ...also],
  };
  return [`/${name}`, one];
}

const AUTHORITY = { subject: "ca", key: KEYS.authority };
const { also: _, ...fingerprint } = changedPart({ name: "subject", declared: "CN=web", after: {} })[1];

export const certificatesCases: KindCases = {
  "host/certificate": Object.fromEntries([
    changedPart({ name: "subject", declared: "CN=web", after: { subject: "eve" } }),
    changedPart({ name: "issuer", declared: "CN=ca", after: { issuer: "eve" } }),
    changedPart({
      name: "sans",
      declared: ["DNS:b", "DNS:a"],
      before: { sans: ["a", "b"] },
      after: { sans: ["a", "b", "c"] },
    }),
    changedPart({ name: "serial", declared: "05", after: { serial: 6 } }),
    changedPart({ name: "not_before", declared: "2025-01-01", after: { notBefore: "250102000000Z" } }),
    changedPart({ name: "not_after", declared: "2045-01-01", after: { notAfter: "450102000000Z" } }),
    changedPart({ name: "key_algorithm", declared: "ec", after: { key: KEYS.ed25519 }, also: ["/key_curve"] }),
    changedPart({ name: "key_size", declared: 2048, before: { key: KEYS.rsa2048 }, after: { key: KEYS.rsa1024 } }),
    changedPart({ name: "key_curve", declared: "prime256v1", after: { key: KEYS.p384 } }),
    changedPart({ name: "signature_algorithm", declared: "ecdsa-with-SHA256", after: { hash: "sha384" } }),
    // What signs with an elliptic key signs differently each time.
    ["/fingerprint_sha256", fingerprint] as const,
    changedPart({ name: "is_ca", declared: false, after: { isCa: true } }),
    changedPart({ name: "self_signed", declared: true, before: AUTHORITY, after: { signer: KEYS.p384 } }),
  ]),
};
