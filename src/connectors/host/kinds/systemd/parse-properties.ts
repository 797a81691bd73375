import { type ByteText, toByteText } from "../bytes.ts";

/** What `systemctl show` prints of one unit: values by property, of one that stands there several times each. */
export interface UnitProperties {
  /** The last value; empty when the property is not there. */
  value(name: string): ByteText;
  values(name: string): readonly ByteText[];
  /** The value as words parted by blanks. */
  words(name: string): readonly ByteText[];
}

/** Parses `systemctl show`: one block a unit, in the order of the question. */
export function parseProperties(output: Uint8Array): readonly UnitProperties[] {
  return toByteText(output)
    .split("\n\n")
    .filter((block) => block.trim() !== "")
    .map((block) => propertiesOf(block));
}

function propertiesOf(block: ByteText): UnitProperties {
  const properties = new Map<string, ByteText[]>();
  for (const line of block.split("\n")) {
    const equals = line.indexOf("=");
    if (equals === -1) continue;
    const name = line.slice(0, equals);
    const known = properties.get(name);
    if (known === undefined) properties.set(name, [line.slice(equals + 1)]);
    else known.push(line.slice(equals + 1));
  }
  const value = (name: string) => properties.get(name)?.at(-1) ?? "";
  return {
    value,
    values: (name) => properties.get(name) ?? [],
    words: (name) =>
      value(name)
        .split(" ")
        .filter((word) => word !== ""),
  };
}
