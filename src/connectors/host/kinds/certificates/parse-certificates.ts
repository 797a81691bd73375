import { X509Certificate } from "node:crypto";
import type { JsonObject } from "../../../../model/json.ts";
import { readElements } from "./der.ts";

/** Certificates in the order of the file; undefined stands for one that cannot be read. */
export type Certificates = readonly (JsonObject | undefined)[];

const BEGIN = "-----BEGIN ";
const BLOCK = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----([^-]*)(-----END \1-----)?/g;

/**
 * The certificates of a file: of a PEM bundle all, of DER the one. Whatever else stands in it, such as a private key, is not looked at.
 * A file without any is empty: PEM of something else, a text that only tells what should stand there.
 */
export function parseCertificates(bytes: Uint8Array): Certificates {
  const text = Buffer.from(bytes).toString("latin1");
  if (!text.includes(BEGIN)) return isSequence(bytes) ? [parseCertificate(bytes)] : [];
  return Array.from(text.matchAll(BLOCK), ([, , base64 = "", end]) =>
    end === undefined ? undefined : parseCertificate(Buffer.from(base64, "base64")),
  );
}

/** As every certificate in DER begins, and no text: a sequence of more than 127 bytes. */
function isSequence([tag = 0, length = 0]: Uint8Array): boolean {
  return tag === 0x30 && length > 0x80;
}

function parseCertificate(der: Uint8Array): JsonObject | undefined {
  try {
    return attributesOf(new X509Certificate(der));
  } catch {
    return undefined;
  }
}

/** @throws when a part of it, such as its key, cannot be read */
function attributesOf(certificate: X509Certificate): JsonObject {
  const { publicKey, subjectAltName = "" } = certificate;
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return {
    subject: nameText(certificate.subject),
    issuer: nameText(certificate.issuer),
    sans: namesOf(subjectAltName),
    serial: certificate.serialNumber.toLowerCase(),
    not_before: new Date(certificate.validFrom).toISOString(),
    not_after: new Date(certificate.validTo).toISOString(),
    key_algorithm: publicKey.asymmetricKeyType ?? "unknown",
    ...(modulusLength === undefined ? {} : { key_size: modulusLength }),
    ...(namedCurve === undefined ? {} : { key_curve: namedCurve }),
    signature_algorithm: signatureAlgorithm(certificate.raw),
    fingerprint_sha256: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    is_ca: certificate.ca,
    self_signed: certificate.checkIssued(certificate) && certificate.verify(publicKey),
  };
}

/** Node gives one part a line; a comma within one is escaped there. */
function nameText(name: string | undefined): string {
  return (name ?? "").trim().split("\n").join(", ");
}

/** Names are parted by commas; where one holds a comma itself, Node writes it as a JSON text. */
function namesOf(text: string): readonly string[] {
  return Array.from(text.matchAll(/(?:"(?:\\.|[^"\\])*"|[^",])+/g), ([name]) => name.trim()).filter(
    (name) => name !== "",
  );
}

const SIGNATURES: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
  "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
  "1.2.840.113549.1.1.10": "rsassaPss",
  "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
  "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
  "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
  "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
  "1.2.840.10045.4.1": "ecdsa-with-SHA1",
  "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
  "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
  "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
  "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
  "1.3.101.112": "ED25519",
  "1.3.101.113": "ED448",
};

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OBJECT IDENTIFIER, … }, signature } */
function signatureAlgorithm(der: Uint8Array): string {
  const [certificate] = readElements(der);
  const [, algorithm] = readElements(certificate ?? new Uint8Array());
  const [identifier] = readElements(algorithm ?? new Uint8Array());
  const numbers = objectIdentifier(identifier ?? new Uint8Array());
  return SIGNATURES[numbers] ?? numbers;
}

/** The numbers of an object identifier, parted by points: seven bits a byte, and the first two in one. */
function objectIdentifier(bytes: Uint8Array): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of bytes) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...others] = numbers;
  const top = Math.min(Math.floor(first / 40), 2);
  return [top, first - top * 40, ...others].join(".");
}
