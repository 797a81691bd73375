import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { Semantics } from "../../model/facts.ts";
import type { Json } from "../../model/json.ts";
import { comparerOf } from "./comparer.ts";

const POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Read",
      Effect: "Allow",
      Principal: { AWS: ["arn:aws:iam::123456789012:root", "arn:aws:iam::210987654321:role/ci"] },
      Action: ["s3:GetObject", "s3:ListBucket"],
      Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
      Condition: { Bool: { "aws:SecureTransport": "true" }, NumericLessThan: { "s3:max-keys": ["10"] } },
    },
    { Effect: "Deny", Principal: "*", NotAction: "s3:*", Resource: "*" },
  ],
} as const;
const [READ, DENY] = POLICY.Statement;
const REWRITTEN = {
  Statement: [
    { Resource: ["*"], NotAction: ["S3:*"], Principal: { AWS: "*" }, Effect: "Deny" },
    {
      ...READ,
      Principal: { AWS: ["arn:aws:iam::210987654321:role/ci", "123456789012"] },
      Action: ["s3:listbucket", "S3:GetObject", "s3:getobject"],
      Resource: ["arn:aws:s3:::b/*", "arn:aws:s3:::b"],
      Condition: { NumericLessThan: { "s3:max-keys": 10 }, Bool: { "aws:SecureTransport": [true] } },
    },
  ],
  Version: "2012-10-17",
};
const changed = (statement: Json): Json => ({ ...POLICY, Statement: [statement, DENY] });

const CERTIFICATE = "MIIBdzCCAR2gAwIBAgIUEjRWeJASNFZ4kBI0VniQEjRWeJAwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHbGVld2F5MA==";
const OTHER = CERTIFICATE.replace("MIIB", "MIIC");
const pem = (body: string, label = "CERTIFICATE") => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const wrapped = (body: string, width: number) => body.match(new RegExp(`.{1,${width}}`, "g"))?.join("\r\n") ?? "";
const KEY_HEADERS = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233\n\n";

const LOG_GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/api";
const ROLE = "arn:aws:iam::123456789012:role/service/app";

type Row = readonly [Extract<Semantics, string>, string, Json, Json];

const SAME: readonly Row[] = [
  ["json", "spacing and key order", '{"a": 1, "b": [1, 2]}', '{ "b":[1,2],"a":1 }'],
  ["json", "text and the value it holds", '{"a":1}', { a: 1 }],
  ["json", "escapes in a string", '"a\\u0062"', '"ab"'],
  ["json", "exact long integers", '{"id":9007199254740993}', { id: 9007199254740993n }],
  ["json", "a key named __proto__", '{"__proto__":{"a":1}}', '{ "__proto__": { "a": 1 } }'],
  ["json", "text that is no JSON", "{nonsense", "{nonsense"],
  ["iam-policy", "everything AWS reorders or rewrites", POLICY, REWRITTEN],
  ["iam-policy", "JSON text", JSON.stringify(POLICY), REWRITTEN],
  ["iam-policy", "URL-encoded text", encodeURIComponent(JSON.stringify(POLICY)), REWRITTEN],
  ["iam-policy", "one statement outside a list", { Statement: DENY }, { Statement: [DENY] }],
  ["pem", "line lengths and line ends", pem(CERTIFICATE), pem(wrapped(CERTIFICATE, 20))],
  ["pem", "text around the blocks", pem(CERTIFICATE), `subject=leeway\n${pem(CERTIFICATE)}\n\n trailing`],
  ["pem", "escaped line ends", pem(CERTIFICATE), pem(CERTIFICATE).replaceAll("\n", "\\n")],
  ["pem", "several blocks", pem(CERTIFICATE) + pem(OTHER), `a\n${pem(CERTIFICATE)}b\n${pem(wrapped(OTHER, 10))}`],
  [
    "pem",
    "headers",
    pem(KEY_HEADERS + CERTIFICATE, "RSA PRIVATE KEY"),
    pem(`${KEY_HEADERS.replaceAll("\n", "\r\n")}${CERTIFICATE}`, "RSA PRIVATE KEY"),
  ],
  ["arn", "the suffix of a log group", `${LOG_GROUP}:*`, LOG_GROUP],
  ["arn", "the name of a log group", `${LOG_GROUP}:*`, "/aws/lambda/api"],
  ["arn", "a role by its name", ROLE, "app"],
  ["arn", "a role by its path and name", ROLE, "service/app"],
  ["arn", "a role by its type, path and name", ROLE, "role/service/app"],
  ["arn", "a bucket", "arn:aws:s3:::bucket", "bucket"],
  ["arn", "a function", "arn:aws:lambda:eu-west-1:123456789012:function:api", "api"],
  ["arn", "a parameter", "arn:aws:ssm:eu-west-1:123456789012:parameter/app/password", "/app/password"],
  ["arn", "a topic", "arn:aws-cn:sns:cn-north-1:123456789012:alerts", "alerts"],
  ["case-insensitive", "case", "Web-01.Example.COM", "web-01.example.com"],
];

const DIFFERENT: readonly Row[] = [
  ["json", "values", '{"a":1}', '{"a":2}'],
  ["json", "text and the JSON string of it", "abc", '"abc"'],
  ["json", "long integers that a number would round", '{"id":9007199254740993}', '{"id":9007199254740992}'],
  ["json", "the order of a list", "[1,2]", "[2,1]"],
  ["json", "broken JSON", '{"a":1', '{"a":1}'],
  ["json", "a number and its JSON string", "1", '"1"'],
  ["json", "white space in text that is no JSON", "a b", "a  b"],
  ["json", "a missing key named constructor", "{}", '{"constructor":1}'],
  ["iam-policy", "an action", POLICY, changed({ ...READ, Action: ["s3:GetObject"] })],
  ["iam-policy", "the effect", POLICY, changed({ ...READ, Effect: "Deny" })],
  [
    "iam-policy",
    "the case of a resource",
    POLICY,
    changed({ ...READ, Resource: ["arn:aws:s3:::B", "arn:aws:s3:::b/*"] }),
  ],
  [
    "iam-policy",
    "Action and NotAction",
    POLICY,
    { ...POLICY, Statement: [READ, { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }] },
  ],
  [
    "iam-policy",
    "a statement without its Sid",
    POLICY,
    changed(Object.fromEntries(Object.entries(READ).filter(([key]) => key !== "Sid"))),
  ],
  ["iam-policy", "a condition", POLICY, changed({ ...READ, Condition: { Bool: { "aws:SecureTransport": "false" } } })],
  ["iam-policy", "everybody and one account", POLICY, changed({ ...READ, Principal: "*" })],
  [
    "iam-policy",
    "everybody and every service",
    { Statement: { Principal: "*" } },
    { Statement: { Principal: { Service: "*" } } },
  ],
  ["iam-policy", "the version", POLICY, { ...POLICY, Version: "2008-10-17" }],
  ["iam-policy", "a doubled statement", POLICY, { ...POLICY, Statement: [READ, DENY, DENY] }],
  ["iam-policy", "a broken escape", "%7B%ZZ", "%7b%zz"],
  ["pem", "another certificate", pem(CERTIFICATE), pem(OTHER)],
  ["pem", "another label", pem(CERTIFICATE), pem(CERTIFICATE, "TRUSTED CERTIFICATE")],
  ["pem", "the order of a chain", pem(CERTIFICATE) + pem(OTHER), pem(OTHER) + pem(CERTIFICATE)],
  ["pem", "one block fewer", pem(CERTIFICATE) + pem(OTHER), pem(CERTIFICATE)],
  ["pem", "a block that never ends", pem(CERTIFICATE), pem(CERTIFICATE).replace("-----END", "-----FIN")],
  ["pem", "text in the place of base64", pem("not base64!"), pem("not  base64!")],
  ["pem", "text without a block", "a b", "a  b"],
  ["pem", "headers", pem(KEY_HEADERS + CERTIFICATE), pem(CERTIFICATE)],
  ["arn", "accounts", ROLE, ROLE.replace("1234", "4321")],
  ["arn", "the last part of a log group's name", LOG_GROUP, "api"],
  [
    "arn",
    "the last part of a parameter's name",
    "arn:aws:ssm:eu-west-1:123456789012:parameter/app/password",
    "password",
  ],
  ["arn", "an object and its key", "arn:aws:s3:::bucket/key", "key"],
  [
    "arn",
    "every version of a function",
    "arn:aws:lambda:eu-west-1:123456789012:function:api:*",
    "arn:aws:lambda:eu-west-1:123456789012:function:api",
  ],
  ["arn", "part of a name", ROLE, "pp"],
  ["arn", "two names", "app", "App"],
  ["case-insensitive", "letters", "a", "b"],
  ["case-insensitive", "types", "true", true],
];

describe("documents and names", () => {
  it.each(SAME)("as %s, overlooks %s", (semantics, _, a, b) => {
    const comparer = comparerOf(semantics);
    expect(comparer.same(a, b)).toBe(true);
    expect(comparer.same(b, a)).toBe(true);
    expect(comparer.order(a, b)).toBe(0);
    if (semantics !== "arn") expect(canonicalJson(comparer.canonical(a))).toBe(canonicalJson(comparer.canonical(b)));
  });

  it.each(DIFFERENT)("as %s, sees %s", (semantics, _, a, b) => {
    const comparer = comparerOf(semantics);
    expect(comparer.same(a, b)).toBe(false);
    expect(comparer.same(b, a)).toBe(false);
    expect(canonicalJson(comparer.canonical(a))).not.toBe(canonicalJson(comparer.canonical(b)));
  });

  it("never makes one canonical text of the ARNs of two accounts that share a name", () => {
    const arn = comparerOf("arn");
    expect(arn.canonical(ROLE)).toBe(ROLE);
    expect(arn.canonical("app")).toBe("app");
    expect(arn.canonical(`${LOG_GROUP}:*`)).toBe(LOG_GROUP);
  });

  it("compares JSON that is nested too deep to walk as text", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(comparerOf("json").same(deep, `${deep} `)).toBe(false);
    expect(comparerOf("iam-policy").same(deep, `${deep} `)).toBe(false);
  });
});
