import type { Json } from "../../model/json.ts";
import { sameExact } from "./exact.ts";

/**
 * Whether two values name the same AWS resource: equal ARNs, or an ARN and the bare id or name of what it names. No equivalence:
 * one name is the same as the ARNs of two accounts, which are not the same as each other.
 */
export function sameArns(a: Json, b: Json): boolean {
  if (typeof a !== "string" || typeof b !== "string") return sameExact(a, b);
  if (a === b) return true;
  const left = readArn(a);
  const right = readArn(b);
  if (left !== undefined && right !== undefined) return left.text === right.text;
  if (left !== undefined) return names(left, b);
  return right !== undefined && names(right, a);
}

/** The ARN without the `:*` that CloudWatch Logs adds to a log group's; a bare id or name keeps its own text. */
export function canonicalArn(value: Json): Json {
  return typeof value === "string" ? (readArn(value)?.text ?? value) : value;
}

interface Arn {
  readonly text: string;
  readonly service: string;
  /** Everything after the account. */
  readonly resource: string;
}

/** Partition, service, region, account, resource. Source: "Amazon Resource Names" of the AWS IAM reference. */
const ARN = /^arn:[^:]+:([^:]+):[^:]*:[^:]*:(.+)$/s;

function readArn(text: string): Arn | undefined {
  const [, service, resource] = ARN.exec(text) ?? [];
  if (service === undefined || resource === undefined) return undefined;
  const isLogGroup = service === "logs" && /^log-group:[^:]+:\*$/.test(resource);
  return isLogGroup
    ? { text: text.slice(0, -2), service, resource: resource.slice(0, -2) }
    : { text, service, resource };
}

/** Services whose resources stand in paths that are not part of the name. */
const WITH_PATHS: ReadonlySet<string> = new Set(["iam", "ecs"]);

function names({ service, resource }: Arn, bare: string): boolean {
  if (bare === resource) return true;
  // What stands before the first slash of an S3 object is its bucket, not a type.
  const separator = service === "s3" ? -1 : resource.search(/[:/]/);
  if (separator === -1) return false;
  const id = resource.slice(separator + 1);
  if (bare === id) return true;
  if (service === "ssm") return bare === `/${id}`;
  return WITH_PATHS.has(service) && bare === id.slice(id.lastIndexOf("/") + 1);
}
