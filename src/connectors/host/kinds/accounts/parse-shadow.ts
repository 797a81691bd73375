import type { JsonObject } from "../../../../model/json.ts";
import type { ByteText } from "../bytes.ts";
import { parseRecords, type Records } from "./parse-accounts.ts";

/** How a hash of crypt(5) begins, and what it was made with. */
const ALGORITHMS: readonly (readonly [start: RegExp, name: string])[] = [
  [/^\$y\$/, "yescrypt"],
  [/^\$gy\$/, "gost-yescrypt"],
  [/^\$7\$/, "scrypt"],
  [/^\$2[abxy]?\$/, "bcrypt"],
  [/^\$6\$/, "sha512"],
  [/^\$5\$/, "sha256"],
  [/^\$sha1\$/, "sha1"],
  [/^\$md5[$,]/, "sunmd5"],
  [/^\$1\$/, "md5"],
  [/^\$3\$/, "nt"],
  [/^\$/, "unknown"],
  [/^_[./0-9A-Za-z]{19}$/, "bsdicrypt"],
  [/^[./0-9A-Za-z]{13}$/, "des"],
];

/**
 * What the password field of passwd(5) or shadow(5) says. The hash itself is the member `password_digest`, which the kind's facts
 * call sensitive: it must go into no other. A password that is locked keeps its hash, so that locking alone changes `password`.
 */
export function passwordAttributes(field: ByteText): JsonObject {
  if (field === "") return { password: "empty" };
  const hash = field.replace(/^[!*]+/, "");
  const algorithm = ALGORITHMS.find(([start]) => start.test(hash))?.[1];
  if (algorithm === undefined) return { password: "none" };
  return {
    password: hash === field ? "set" : "locked",
    password_algorithm: algorithm,
    password_digest: hash,
  };
}

const DAY_MS = 86_400_000;
/** The last day of the last year that a timestamp can be of. */
const LAST_DAY = Date.UTC(9999, 11, 31) / DAY_MS;

/** Parses shadow(5) into attributes. `file` is for what is said of malformed lines, which never quote a line. */
export function parseShadow(bytes: Uint8Array, file: string): Records<JsonObject> {
  return parseRecords(bytes, file, ([, password, changed, min, max, warn, inactive, expires, flag, ...more]) => {
    if (password === undefined || flag === undefined || more.length > 0) return undefined;
    const days = {
      last_change: parseDays(changed),
      password_min_days: parseDays(min),
      password_max_days: parseDays(max),
      password_warn_days: parseDays(warn),
      password_inactive_days: parseDays(inactive),
      expires: parseDays(expires),
    };
    if (Object.values(days).includes("malformed")) return undefined;
    const members = Object.entries(days).flatMap(([name, value]) =>
      typeof value === "number" ? [[name, IS_DATE.has(name) ? dateOf(value) : value]] : [],
    );
    return { ...passwordAttributes(password), ...Object.fromEntries(members) };
  });
}

const IS_DATE = new Set(["last_change", "expires"]);

/** Empty, or -1 where old tools wrote it, says that there is none. */
function parseDays(text = ""): number | undefined | "malformed" {
  if (text === "" || text === "-1") return undefined;
  return /^\d{1,10}$/.test(text) ? Number(text) : "malformed";
}

function dateOf(days: number): string {
  return new Date(Math.min(days, LAST_DAY) * DAY_MS).toISOString().slice(0, 10);
}
