import { createHmac, randomBytes } from "node:crypto";
import { link, open, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KnownError } from "../errors.ts";
import { makeFolder, systemCode, whyRefused } from "./files.ts";

/** Turns sensitive values into digests that tell equal from different and nothing more. */
export interface DigestKey {
  /** Short and public: digests of another key cannot be compared with these. */
  readonly id: string;
  /** @returns `hmac-sha256:ID:HEX` */
  digest(canonicalText: string): string;
}

const VARIABLE = "LEEWAY_KEY";
const SHORTEST = 16;
const KEY_BYTES = 32;
const KEY_FORM = /^[0-9a-f]{64}\n?$/;

/**
 * The key of this store: the environment variable `LEEWAY_KEY` where it is set, else the file `key` beside the store, which is
 * made, for its owner alone, when it is missing.
 * @throws KnownError `CONFIG_INVALID` when `LEEWAY_KEY` is too short, `STORE_UNUSABLE` when the file cannot be used
 */
export async function loadDigestKey(from: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly storeFile: string;
}): Promise<DigestKey> {
  const given = from.env[VARIABLE];
  if (given !== undefined) return digestKey(checkGiven(given));
  const file = join(dirname(from.storeFile), "key");
  return digestKey((await readKey(file)) ?? (await createKey(file)));
}

function digestKey(key: string | Uint8Array): DigestKey {
  const mac = (text: string) => createHmac("sha256", key).update(text).digest("hex");
  const id = mac("leeway digest key id").slice(0, 8);
  return { id, digest: (canonicalText) => `hmac-sha256:${id}:${mac(canonicalText)}` };
}

function checkGiven(given: string): string {
  if (given.length >= SHORTEST) return given;
  throw new KnownError("CONFIG_INVALID", `Cannot use ${VARIABLE}: it has fewer than ${SHORTEST} characters`, {
    hint: "Make one with `openssl rand -hex 32`",
  });
}

/** Undefined when there is no such file. */
async function readKey(file: string): Promise<Uint8Array | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw refuse(file, "it is no regular file", `Remove it, or set ${VARIABLE}`);
    if ((found.mode & 0o077) !== 0) throw refuse(file, "others can read it", `Run \`chmod 600 ${file}\``);
    const text = await readFile(file, "utf8");
    if (!KEY_FORM.test(text)) {
      throw refuse(file, "it holds no key", "Restore it, or remove it: sensitive values are then recorded anew");
    }
    return Buffer.from(text.trim(), "hex");
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return undefined;
    throw explained(cause, "read", file);
  }
}

/** Whole or not at all, and never over one that another process makes at the same time. */
async function createKey(file: string): Promise<Uint8Array> {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await makeFolder(dirname(file));
    await writeDraft(draft);
    await link(draft, file).catch((error: unknown) => {
      if (systemCode(error) !== "EEXIST") throw error;
    });
  } catch (cause) {
    throw explained(cause, "create", file);
  } finally {
    await rm(draft, { force: true });
  }
  const key = await readKey(file);
  if (key === undefined) throw refuse(file, "it vanished", "Run the command again");
  return key;
}

async function writeDraft(draft: string): Promise<void> {
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString("hex")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function explained(cause: unknown, verb: "read" | "create", file: string): unknown {
  const why = whyRefused(cause);
  if (why === undefined) return cause;
  const hint = `Make the folder one that leeway can write to, or set ${VARIABLE}`;
  return new KnownError("STORE_UNUSABLE", `Cannot ${verb} the key file "${file}": ${why}`, { hint, cause });
}

function refuse(file: string, why: string, hint: string): KnownError {
  return new KnownError("STORE_UNUSABLE", `Cannot use the key file "${file}": ${why}`, { hint });
}
