import type { YAMLError } from "yaml";
import type { ProblemDetails } from "./source-text.ts";
import { DEEPEST } from "./yaml-value.ts";

type Code = YAMLError["code"];

/** What the library's errors mean to somebody who wrote the file. A code that is not listed keeps the library's sentence. */
const DETAILS: Readonly<Partial<Record<Code, ProblemDetails>>> = {
  ALIAS_PROPS: { message: "An alias cannot carry a tag or an anchor of its own" },
  BAD_ALIAS: { message: "An anchor or alias needs a name", hint: `Quote a text that starts with "&" or "*"` },
  BAD_DIRECTIVE: { message: "Unknown YAML directive", hint: `Remove the line that starts with "%"` },
  BAD_DQ_ESCAPE: {
    message: "Unknown escape sequence in a double-quoted text",
    hint: `Double the backslash ("\\\\"), or use single quotes`,
  },
  BAD_INDENT: {
    message: "Wrong indentation",
    hint: "Align it with its neighbours, or indent it more than the key that it belongs to",
  },
  BAD_SCALAR_START: { message: "A text cannot start with this character unquoted", hint: "Put the text in quotes" },
  BLOCK_AS_IMPLICIT_KEY: {
    message: "Unexpected nested key on this line",
    hint: `Put a text that contains ": " in quotes, or start a new indented line`,
  },
  BLOCK_IN_FLOW: { message: "An indented block cannot stand inside brackets", hint: "Write it with [] or {}" },
  KEY_OVER_1024_CHARS: { message: "A key is longer than 1024 characters" },
  MULTILINE_IMPLICIT_KEY: {
    message: "A key must stand on one line",
    hint: `Is a ":" missing after the key on this line or the one before?`,
  },
  MULTIPLE_ANCHORS: { message: "A value can have one anchor only" },
  MULTIPLE_TAGS: { message: "A value can have one tag only" },
  NON_STRING_KEY: { message: "A key must be a plain text", hint: "Lists, maps and aliases cannot be keys" },
  RESOURCE_EXHAUSTION: { message: `Nested deeper than ${DEEPEST} levels`, hint: "Nothing behind this place was read" },
  TAB_AS_INDENT: { message: "A tab is used as indentation", hint: "Indent with spaces" },
  TAG_RESOLVE_FAILED: {
    message: "Unknown tag, or one that does not fit its value",
    hint: `Remove it; quote a text that starts with "!"`,
  },
};

/** What this program says itself, in an error of the library's form. */
export const TOO_MANY_PARTS = "too many parts in one document";

/** Codes whose meaning depends on what is missing: told by a word of the library's sentence. */
const BY_WORD: readonly (readonly [Code, RegExp, ProblemDetails])[] = [
  ["MISSING_CHAR", /'quote/, { message: "The closing ' is missing" }],
  ["MISSING_CHAR", /"quote/, { message: `The closing " is missing` }],
  ["MISSING_CHAR", /map values/, { message: `A ":" and a value are missing after this key` }],
  ["MISSING_CHAR", /Missing , /, { message: `A "," is missing before this` }],
  ["MISSING_CHAR", /Missing space after :/, { message: `A space is missing after ":"` }],
  [
    "MISSING_CHAR",
    /Comments must/,
    { message: `A space is missing before "#"`, hint: "Quote the text if # is part of it" },
  ],
  ["MISSING_CHAR", /without - indicator/, { message: `A "-" is missing before this list item` }],
  ["MISSING_CHAR", /directives-end/, { message: `A line "---" is missing after the directives` }],
  ["MISSING_CHAR", /end with a ([\]}])/, { message: "A closing bracket is missing" }],
  ["BAD_INDENT", /end with a ([\]}])|sufficiently/, { message: "A closing bracket is missing or not indented enough" }],
  [
    "UNEXPECTED_TOKEN",
    /Block scalar header/,
    { message: `Unexpected text after "|" or ">"`, hint: "Start the text on the next line" },
  ],
  [
    "UNEXPECTED_TOKEN",
    /flow-(seq|map)-end/,
    { message: "A closing bracket that was never opened", hint: "Quote it if it is text" },
  ],
  [
    "UNEXPECTED_TOKEN",
    /at node end/,
    { message: "Unexpected text after a complete value", hint: "Is it indented as its neighbours are?" },
  ],
  [
    "RESOURCE_EXHAUSTION",
    new RegExp(TOO_MANY_PARTS),
    { message: "The document is too large to be read at once", hint: `Split it into several with lines of "---"` },
  ],
  ["UNEXPECTED_TOKEN", /Unexpected , in/, { message: `A value is missing before this ","` }],
  ["UNEXPECTED_TOKEN", /empty item/, { message: `A value is missing before this ","` }],
];

/** A mistake that the YAML library found, in Leeway's words. */
export function yamlErrorDetails(error: YAMLError): ProblemDetails {
  const byWord = BY_WORD.find(([code, word]) => code === error.code && word.test(error.message));
  return byWord?.[2] ?? DETAILS[error.code] ?? { message: `Not valid YAML: ${lowerFirst(error.message)}` };
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
