import { canonicalJson } from "../../model/canonical-json.ts";
import { isJsonObject, type Json, type JsonObject, setOwn } from "../../model/json.ts";
import { canonicalExact, isList } from "./exact.ts";
import { readJsonText } from "./json-text.ts";

/**
 * An AWS policy document, given as an object, as JSON text or as URL-encoded JSON text, with everything in one form that AWS
 * takes for the same: lists for single elements, sorted without duplicates, statements sorted, actions in lower case, account
 * ids for their root ARNs, texts for condition values. Version, Id and Sid stay. Source: "IAM JSON policy elements" of the
 * AWS IAM User Guide. What is no document comes back unchanged.
 */
export function canonicalIamPolicy(value: Json): Json {
  const document = typeof value === "string" ? readJsonText(decodeUrl(value)) : value;
  if (!isJsonObject(document)) return value;
  return mapMembers(document, (key, member) =>
    key === "Statement" ? canonicalStatements(member) : canonicalExact(member),
  );
}

const URL_ENCODED_OBJECT = /^\s*%7B/i;

function decodeUrl(text: string): string {
  if (!URL_ENCODED_OBJECT.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", "%20"));
  } catch {
    // A broken escape: then it is no encoded document, and is compared as text.
    return text;
  }
}

function canonicalStatements(statements: Json): Json {
  return sorted(
    asList(statements).map((statement) => (isJsonObject(statement) ? canonicalStatement(statement) : statement)),
  );
}

function canonicalStatement(statement: JsonObject): JsonObject {
  return mapMembers(statement, (element, value) => {
    switch (element) {
      case "Action":
      case "NotAction":
        return setOf(value, (action) => (typeof action === "string" ? action.toLowerCase() : action));
      case "Resource":
      case "NotResource":
        return setOf(value);
      case "Principal":
      case "NotPrincipal":
        return canonicalPrincipal(value);
      case "Condition":
        return canonicalCondition(value);
      default:
        return canonicalExact(value);
    }
  });
}

const ROOT_ARN = /^arn:[^:]+:iam::(\d{12}):root$/;

/** `"*"` is everybody, as is `{"AWS": "*"}`; an account's root ARN is the account. */
function canonicalPrincipal(principal: Json): Json {
  if (principal === "*") return { AWS: ["*"] };
  if (!isJsonObject(principal)) return principal;
  return mapMembers(principal, (type, value) => (type === "AWS" ? setOf(value, accountOfRoot) : setOf(value)));
}

function accountOfRoot(principal: Json): Json {
  return typeof principal === "string" ? (ROOT_ARN.exec(principal)?.[1] ?? principal) : principal;
}

/** Operator → key → values, which AWS compares as texts. */
function canonicalCondition(condition: Json): Json {
  if (!isJsonObject(condition)) return condition;
  return mapMembers(condition, (_operator, keys) =>
    isJsonObject(keys) ? mapMembers(keys, (_key, values) => setOf(values, textOfScalar)) : keys,
  );
}

function textOfScalar(value: Json): Json {
  return value === null || typeof value === "object" ? value : String(canonicalExact(value));
}

function mapMembers(object: JsonObject, map: (key: string, member: Json) => Json): JsonObject {
  const mapped: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(object)) setOwn(mapped, key, map(key, member));
  return mapped;
}

function setOf(value: Json, map: (element: Json) => Json = canonicalExact): Json {
  const list = sorted(asList(value).map(map));
  const texts = list.map(canonicalJson);
  return list.filter((_, index) => texts[index] !== texts[index - 1]);
}

function asList(value: Json): readonly Json[] {
  return isList(value) ? value : [value];
}

function sorted(list: readonly Json[]): readonly Json[] {
  const entries = list.map((item) => ({ item, text: canonicalJson(item) }));
  entries.sort((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text)));
  return entries.map(({ item }) => item);
}
