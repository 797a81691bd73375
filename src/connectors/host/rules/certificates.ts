import type { Json } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, idMatches, missing, unmanaged } from "./rule-parts.ts";

const CERTIFICATE = "host/certificate";
const CERTIFICATES = [CERTIFICATE];
const WEB = "/etc/ssl/private/web.pem";
const STORE = "/usr/local/share/ca-certificates/eve.crt";
/** CEL: a file out of which programs learn whom to trust. */
const IN_TRUST_STORE = idMatches(
  "^(/etc/ssl/certs|/usr/local/share/ca-certificates|/usr/share/ca-certificates|/etc/pki/ca-trust|/etc/pki/tls/certs)/",
);
/** CEL: the algorithm signs by a digest of which two texts can be made to have the same. */
const IS_WEAK = 'matches(r"(?i)(md5|sha1([^0-9]|$))")';

function part(name: string, before: Json, after: Json): RuleExample {
  return changed(CERTIFICATE, WEB, { before: { issuer: "CN=ca", [name]: before }, after: { [name]: after } });
}

function expiring(actual: string): RuleExample {
  return {
    kind: CERTIFICATE,
    id: WEB,
    desired: { not_after: { $expiresAfter: "30d" } },
    baseline: { not_after: actual },
    actual: { not_after: actual },
  };
}

const presence: readonly Rule[] = [
  {
    id: "host/trusted-certificate-appeared",
    kinds: CERTIFICATES,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: IN_TRUST_STORE,
    severity: "critical",
    type: "security",
    title: "A certificate that nobody declared is trusted by this host: {id}",
    examples: {
      fires: [unmanaged(CERTIFICATE, STORE, { is_ca: true })],
      silent: [unmanaged(CERTIFICATE, WEB, { is_ca: false })],
    },
  },
  {
    id: "host/certificate-appeared",
    kinds: CERTIFICATES,
    paths: [""],
    drift: ["unmanaged", "changed"],
    severity: "informational",
    type: "security",
    title: "Certificate {id} is not declared",
    examples: { fires: [unmanaged(CERTIFICATE, WEB, {})], silent: [unmanaged(CERTIFICATE, STORE, {})] },
  },
  {
    id: "host/certificate-removed",
    kinds: CERTIFICATES,
    drift: ["missing"],
    severity: "warning",
    type: "functional",
    title: "Certificate {id} is gone",
    examples: { fires: [missing(CERTIFICATE, WEB, {})], silent: [unmanaged(CERTIFICATE, WEB, {})] },
  },
  {
    id: "host/trusted-certificate-changed",
    kinds: CERTIFICATES,
    paths: ["/fingerprint_sha256"],
    when: IN_TRUST_STORE,
    severity: "critical",
    type: "security",
    title: "Another certificate is trusted by this host in {id}",
    examples: {
      fires: [changed(CERTIFICATE, STORE, { before: { fingerprint_sha256: "a" }, after: { fingerprint_sha256: "b" } })],
      silent: [part("fingerprint_sha256", "a", "b")],
    },
  },
];

const strength: readonly Rule[] = [
  {
    id: "host/certificate-key-shortened",
    kinds: CERTIFICATES,
    paths: ["/key_size"],
    when: "change.before != null && change.after != null && change.after < change.before",
    severity: "critical",
    type: "security",
    title: "The key of certificate {id} has {after} instead of {before} bits",
    examples: { fires: [part("key_size", 2048, 1024)], silent: [part("key_size", 2048, 4096)] },
  },
  {
    id: "host/certificate-key-changed",
    kinds: CERTIFICATES,
    paths: ["/key_algorithm", "/key_curve", "/key_size"],
    severity: "warning",
    type: "security",
    title: "The {path} of certificate {id} is {after} instead of {before}",
    examples: {
      fires: [part("key_algorithm", "rsa", "ec"), part("key_size", 2048, 4096)],
      silent: [part("key_size", 2048, 1024)],
    },
  },
  {
    id: "host/certificate-signature-weak",
    kinds: CERTIFICATES,
    paths: ["/signature_algorithm"],
    when: `change.after != null && change.after.${IS_WEAK}`,
    severity: "critical",
    type: "security",
    title: "Certificate {id} is signed with {after}, which can be forged, instead of {before}",
    examples: {
      fires: [part("signature_algorithm", "sha256WithRSAEncryption", "sha1WithRSAEncryption")],
      silent: [part("signature_algorithm", "sha1WithRSAEncryption", "sha256WithRSAEncryption")],
    },
  },
  {
    id: "host/certificate-self-signed",
    kinds: CERTIFICATES,
    paths: ["/self_signed"],
    when: "change.after == true",
    severity: "critical",
    type: "security",
    title: "Certificate {id} is now signed by nobody but itself",
    examples: { fires: [part("self_signed", false, true)], silent: [part("self_signed", true, false)] },
  },
  {
    id: "host/certificate-became-authority",
    kinds: CERTIFICATES,
    paths: ["/is_ca"],
    when: "change.after == true",
    severity: "critical",
    type: "security",
    title: "Certificate {id} may now sign others",
    examples: { fires: [part("is_ca", false, true)], silent: [part("is_ca", true, false)] },
  },
  {
    id: "host/certificate-strengthened",
    kinds: CERTIFICATES,
    paths: ["/signature_algorithm", "/self_signed", "/is_ca"],
    severity: "informational",
    type: "security",
    title: "The {path} of certificate {id} is {after} instead of {before}",
    examples: { fires: [part("self_signed", true, false)], silent: [part("self_signed", false, true)] },
  },
];

const validity: readonly Rule[] = [
  {
    id: "host/certificate-expiring",
    kinds: CERTIFICATES,
    paths: ["/not_after"],
    when: 'change.cause in ["elapsed", "undeployed", "unrecorded"]',
    severity: "critical",
    type: "functional",
    title: "Certificate {id} ends to be valid sooner than it may: {after}",
    examples: {
      fires: [expiring("2000-01-10T00:00:00.000Z"), expiring("1999-12-31T00:00:00.000Z")],
      silent: [part("not_after", "2030-01-01T00:00:00.000Z", "2031-01-01T00:00:00.000Z")],
    },
  },
  {
    id: "host/certificate-shortened",
    kinds: CERTIFICATES,
    paths: ["/not_after"],
    when: "change.before != null && change.after != null && change.after < change.before",
    severity: "warning",
    type: "functional",
    title: "Certificate {id} is valid until {after} instead of {before}",
    examples: {
      fires: [part("not_after", "2031-01-01T00:00:00.000Z", "2030-01-01T00:00:00.000Z")],
      silent: [part("not_after", "2030-01-01T00:00:00.000Z", "2031-01-01T00:00:00.000Z")],
    },
  },
  {
    id: "host/certificate-renewed",
    kinds: CERTIFICATES,
    paths: ["/serial", "/not_before", "/not_after", "/fingerprint_sha256"],
    when: `resource.actual.issuer == resource.baseline.issuer && resource.actual.subject == resource.baseline.subject
      && resource.actual.key_algorithm == resource.baseline.key_algorithm`,
    severity: "informational",
    type: "functional",
    title: "Certificate {id} was renewed by the same issuer: {path} is {after}",
    examples: {
      fires: [part("serial", "05", "06"), part("not_after", "2030-01-01T00:00:00.000Z", "2031-01-01T00:00:00.000Z")],
      silent: [
        changed(CERTIFICATE, WEB, { before: { issuer: "a", serial: "05" }, after: { issuer: "b", serial: "06" } }),
      ],
    },
  },
  {
    id: "host/certificate-replaced",
    kinds: CERTIFICATES,
    severity: "warning",
    type: "security",
    title: "The {path} of certificate {id} is {after} instead of {before}",
    examples: {
      fires: [part("issuer", "CN=ca", "CN=eve"), part("sans", ["DNS:a"], ["DNS:a", "DNS:b"])],
      silent: [part("serial", "05", "06")],
    },
  },
];

/** Certificates in files. */
export const certificateRules: readonly Rule[] = [...presence, ...strength, ...validity];
