import type { HostPath } from "./transport.ts";

/** `ignoreBOM`: a byte order mark at the start of a name is part of the name. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const UNSAFE = /[%\p{Cc}]/u;
const UNSAFE_EACH = /[%\p{Cc}]/gu;
const ENCODED = /%([0-9A-F]{2})|[^%]+/gy;

/**
 * Bytes as the text of an id: UTF-8 as it is, but control characters, `%` and bytes that are no part of valid UTF-8 as `%XX`
 * each. Different bytes give different text; `decodeId` is its inverse.
 */
export function encodeId(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text === undefined) return encodePieces(bytes);
  return UNSAFE.test(text) ? text.replaceAll(UNSAFE_EACH, percentEncode) : text;
}

/** The bytes that `encodeId` writes as `id`; undefined when it writes nothing so. */
export function decodeId(id: string): HostPath | undefined {
  if (!id.includes("%")) {
    const plain = Buffer.from(id);
    return encodeId(plain) === id ? plain : undefined;
  }
  const parts = Array.from(id.matchAll(ENCODED), ([part, byte]) =>
    byte === undefined ? Buffer.from(part) : Buffer.of(Number.parseInt(byte, 16)),
  );
  const bytes = Buffer.concat(parts);
  return encodeId(bytes) === id ? bytes : undefined;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Character by character, because somewhere in it is a byte that belongs to none. */
function encodePieces(bytes: Uint8Array): string {
  let text = "";
  let position = 0;
  while (position < bytes.length) {
    // The loop's condition says that there is a byte.
    const lead = bytes[position] as number;
    const length = sequenceLength(lead);
    const character = decodeUtf8(bytes.subarray(position, position + length));
    if (character === undefined) {
      text += percentByte(lead);
      position += 1;
    } else {
      text += UNSAFE.test(character) ? percentEncode(character) : character;
      position += length;
    }
  }
  return text;
}

/** Bytes of the character that starts with this one, where one does. */
function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

function percentEncode(character: string): string {
  return Array.from(Buffer.from(character), percentByte).join("");
}

function percentByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
