import type { Json } from "../../model/json.ts";

interface Version {
  /** Without leading zeros, so empty for none and for 0. */
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

/** The version in its shortest equal form: no leading zeros, no epoch 0, no revision 0. */
export function canonicalVersion(value: Json): Json {
  const version = readVersion(value);
  if (version === undefined) return value;
  const { epoch } = version;
  const upstream = canonicalPart(version.upstream);
  const revision = canonicalPart(version.revision);
  // Without its epoch or revision, what follows a colon or precedes a hyphen would be read as another.
  const head = epoch === "" && !upstream.includes(":") ? "" : `${epoch || "0"}:`;
  const tail = revision === "0" && !upstream.includes("-") ? "" : `-${revision}`;
  return `${head}${upstream}${tail}`;
}

/** Epoch, then upstream version, then revision. Source: Debian Policy §5.6.12. */
export function orderVersions(a: Json, b: Json): number | undefined {
  const left = readVersion(a);
  const right = readVersion(b);
  if (left === undefined || right === undefined) return undefined;
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

/**
 * Reads `[EPOCH:]UPSTREAM[-REVISION]`, whose upstream version starts with a digit. A `v` before it is dropped, as in Git tags. The
 * pre-release of a semantic version (`1.0.0-rc.1`) is read as `1.0.0~rc.1`, because it comes before the release.
 */
function readVersion(value: Json): Version | undefined {
  const [, epochDigits = "", behindEpoch, whole] = FORM.exec(versionText(value)) ?? [];
  const rest = behindEpoch ?? whole;
  if (rest === undefined) return undefined;
  const epoch = canonicalDigits(epochDigits);
  const text = epoch === "" ? rest.replace(PRERELEASE, "$1~") : rest;
  const hyphen = text.lastIndexOf("-");
  if (hyphen === -1) return { epoch, upstream: text, revision: "" };
  return { epoch, upstream: text.slice(0, hyphen), revision: text.slice(hyphen + 1) };
}

function versionText(value: Json): string {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" || typeof value === "bigint" ? String(value) : "";
}

/** With an epoch, further colons are part of the version; the characters are printable ASCII. */
const FORM = /^(?:(\d+):v?(\d[!-~]*)|v?(\d[!-9;-~]*))$/;
const PRERELEASE = /^(\d+\.\d+\.\d+)-(?=(?:alpha|beta|rc|pre|preview|dev|snapshot|canary|next|nightly)(?![a-z]))/i;

const NON_DIGITS = /\D*/y;
const DIGITS = /\d*/y;

function compareParts(a: string, b: string): number {
  let left = 0;
  let right = 0;
  while (left < a.length || right < b.length) {
    const leftText = take(NON_DIGITS, a, left);
    const rightText = take(NON_DIGITS, b, right);
    const leftDigits = take(DIGITS, a, left + leftText.length);
    const rightDigits = take(DIGITS, b, right + rightText.length);
    const order = compareTexts(leftText, rightText) || compareDigits(leftDigits, rightDigits);
    if (order !== 0) return order;
    left += leftText.length + leftDigits.length;
    right += rightText.length + rightDigits.length;
  }
  return 0;
}

function compareTexts(a: string, b: string): number {
  for (let index = 0; index < a.length || index < b.length; index++) {
    const order = rank(a[index]) - rank(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** `~` sorts before the end, then (as in RPM) `^` behind it, then letters, then everything else. */
function rank(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  if (character === "^") return 1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}

/** Numbers of any length; no digits are 0. */
function compareDigits(a: string, b: string): number {
  const left = canonicalDigits(a);
  const right = canonicalDigits(b);
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function canonicalDigits(text: string): string {
  return text.replace(/^0+/, "");
}

/** Every run of digits without leading zeros; a part that ends without digits ends in 0, which is equal to none. */
function canonicalPart(part: string): string {
  const text = part.replace(/\d+/g, (digits) => canonicalDigits(digits) || "0");
  return /\d$/.test(text) ? text : `${text}0`;
}

function take(pattern: RegExp, text: string, from: number): string {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0] ?? "";
}
