/** Words of 32 bits in a digest of 128 bits. */
export const DIGEST_WORDS = 4;

/**
 * The first 128 bits of a digest, for tables that have no room for more: two of SHA-256 that share them are not found in the lifetime
 * of the universe. Never all zeros, which mark what is free there. @param digest at least 16 bytes
 */
export function wordsOf(digest: Uint8Array): Uint32Array {
  const words = new Uint32Array(DIGEST_WORDS);
  for (let word = 0; word < DIGEST_WORDS; word += 1) {
    const at = word * 4;
    words[word] =
      (digest[at] ?? 0) | ((digest[at + 1] ?? 0) << 8) | ((digest[at + 2] ?? 0) << 16) | ((digest[at + 3] ?? 0) << 24);
  }
  if (words[0] === 0 && words[1] === 0 && words[2] === 0 && words[3] === 0) words[0] = 1;
  return words;
}
