import { describe, expect, it } from "vitest";
import { MarkerParser } from "./marker-parser.ts";

const NONCE = "5f2c";

function parse(chunks: readonly string[]): readonly (readonly [data: string, marker: string])[] {
  const found: [string, string][] = [];
  let data = "";
  const parser = new MarkerParser(NONCE, {
    data: (bytes) => {
      data += bytes.toString("latin1");
    },
    marker: (text) => {
      found.push([data, text]);
      data = "";
    },
  });
  for (const chunk of chunks) parser.feed(Buffer.from(chunk, "latin1"));
  return [...found, [data, ""]];
}

describe("MarkerParser", () => {
  it.each([
    [
      "data that ends without a newline",
      "abc\n5f2c 1 0\n",
      [
        ["abc", "1 0"],
        ["", ""],
      ],
    ],
    [
      "no data",
      "\n5f2c 1 0\n\n5f2c 2 1\n",
      [
        ["", "1 0"],
        ["", "2 1"],
        ["", ""],
      ],
    ],
    [
      "data that looks like a marker",
      "\n5f2d 1 0\n5f2c\n5f2c1 0\n\n5f2c 1 0\n",
      [
        ["\n5f2d 1 0\n5f2c\n5f2c1 0\n", "1 0"],
        ["", ""],
      ],
    ],
    [
      "bytes of every sort",
      "\0\xff\n\n\n5f2c 1 0\n\0",
      [
        ["\0\xff\n\n", "1 0"],
        ["\0", ""],
      ],
    ],
  ])("cuts %s the same, however it is chopped", (_, stream, expected) => {
    for (let size = 1; size <= stream.length; size += 1) {
      const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (__, at) =>
        stream.slice(at * size, (at + 1) * size),
      );
      expect(parse(chunks)).toEqual(expected);
    }
  });
});
