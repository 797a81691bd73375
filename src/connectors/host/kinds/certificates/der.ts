/** The contents of the elements that stand one behind another in DER; none of them from the first that is cut off. */
export function readElements(bytes: Uint8Array): readonly Uint8Array[] {
  const elements: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const { start, length } = header(bytes, at);
    if (start + length > bytes.length) break;
    elements.push(bytes.subarray(start, start + length));
    at = start + length;
  }
  return elements;
}

/** Behind the tag stands the length, or in how many bytes it follows. */
function header(bytes: Uint8Array, at: number): { readonly start: number; readonly length: number } {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, length: first };
  const start = at + 2 + (first & 0x7f);
  const length = bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  return { start, length };
}
