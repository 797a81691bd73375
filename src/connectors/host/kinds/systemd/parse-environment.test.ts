import { describe, expect, it } from "vitest";
import {
  parseEnvironmentFile,
  parseExportedFile,
  parsePamEnvironment,
  parseUnitEnvironment,
  shellWords,
} from "./parse-environment.ts";
import { parseProperties } from "./parse-properties.ts";

function unitEnvironment(text: string) {
  const [unit] = parseProperties(Buffer.from(text));
  return unit === undefined ? undefined : parseUnitEnvironment(unit);
}

describe("parseUnitEnvironment", () => {
  it("reads what systemctl prints", () => {
    const text = `Environment=A=b "C=d e" F= "G=a\\nb"
EnvironmentFiles=/etc/default/no ne (ignore_errors=yes)
EnvironmentFiles=/etc/default/gl* (ignore_errors=no)
PassEnvironment=LANG FOO
UnsetEnvironment=A F=
`;
    expect(unitEnvironment(text)).toEqual({
      variables: new Map([
        ["A", "b"],
        ["C", "d e"],
        ["F", ""],
        ["G", "a\nb"],
      ]),
      files: [
        { path: "/etc/default/no ne", isOptional: true },
        { path: "/etc/default/gl*", isOptional: false },
      ],
      passed: ["LANG", "FOO"],
      unset: ["A", "F="],
    });
  });

  it("reads of a unit that sets nothing just that", () => {
    const nothing = { variables: new Map(), files: [], passed: [], unset: [] };
    expect(unitEnvironment("Environment=\nEnvironmentFiles=\nId=a.service\n")).toEqual(nothing);
  });

  it.each([
    "Environment=nonsense\n",
    "Environment=1=x\n",
    "EnvironmentFiles=/etc/x\n",
    "EnvironmentFiles=x (ignore_errors=no)\n",
  ])("does not understand %j", (text) => {
    expect(unitEnvironment(text)).toBeUndefined();
  });
});

describe("shellWords", () => {
  it.each([
    ["", []],
    ["A=b C=d", ["A=b", "C=d"]],
    ['"D=q\\"uo\\\\te" "H=\\$x" "I=\\`z\\`" "J=tab\\tx"', ['D=q"uo\\te', "H=$x", "I=`z`", "J=tab\tx"]],
    ["K=\xc3\xa0 L=m", ["K=\xc3\xa0", "L=m"]],
    ["$'A=it\\'s' B=c", ["A=it's", "B=c"]],
  ])("takes %j apart", (text, words) => {
    expect(shellWords(text)).toEqual(words);
  });
});

function parsed(text: string, parse = parseEnvironmentFile) {
  const file = parse(text);
  return file === undefined ? undefined : Object.fromEntries(file.variables);
}

describe("parseEnvironmentFile", () => {
  it.each([
    ["A=b # c\n", { A: "b # c" }],
    [' B="x y"  \n', { B: "x y" }],
    ["D=\nE=e", { D: "", E: "e" }],
    ['E="a\'b"c"d\n', { E: "a'bc\"d" }],
    ["F=a\\\nb\n", { F: "ab" }],
    ["G=a\\ b  \nH= lead\nI =x\n", { G: "a b", H: "lead", I: "x" }],
    ['N=\'a\'  "b" c "d"\n', { N: 'abc "d"' }],
    ["Q='multi\nline'\nR=x\n", { Q: "multi\nline", R: "x" }],
    ['R="a\\"b\\n\\$x\\\ny"\n', { R: 'a"b\\n$xy' }],
    ["# T=x\n; S=y\n\nU=a\\\t \\ \n", { U: "a\t  " }],
    ["X=a'b'\nZ=\\\"q\nW=a\\\\\n", { X: "a'b'", Z: '"q', W: "a\\" }],
    ['BB="unterminated\nCC=1\n', { BB: "unterminated\nCC=1\n" }],
    ['DD=x\r\nEE="a\rb"\n', { DD: "x", EE: "a\rb" }],
    ["A=1\nA=2\n", { A: "2" }],
    ["__proto__=x\n", Object.fromEntries([["__proto__", "x"]])],
  ])("reads %j as systemd does", (text, variables) => {
    expect(parsed(text)).toEqual(variables);
    expect(parseEnvironmentFile(text)?.otherLine).toBeUndefined();
  });

  it.each([
    ["A=b\nnoequals\nC=d\n", 2, { A: "b", C: "d" }],
    ["export A=b\n", 1, {}],
    ["A='\n'\n1K=v\n", 3, { A: "\n" }],
    ["if [ -f x ]; then\n  A=b\nfi\n", 1, { A: "b" }],
    ["=x\n", 1, {}],
    ["A\xc2\xa0=x\n", 1, {}],
  ])("says of %j where it is no assignment", (text, otherLine, variables) => {
    expect(parseEnvironmentFile(text)?.otherLine).toBe(otherLine);
    expect(parsed(text)).toEqual(variables);
  });

  it("refuses what is not UTF-8, except in comments", () => {
    expect(parseEnvironmentFile("A=\xff\n")).toBeUndefined();
    expect(parsed("# \xff\nA=\xc3\xa9\n")).toEqual({ A: "\xc3\xa9" });
  });

  it("takes a large value without losing its way", () => {
    expect(parsed(`A="${"x\\\\".repeat(20_000)}"\nB=c\n`)).toEqual({ A: "x\\".repeat(20_000), B: "c" });
  });
});

describe("parseExportedFile", () => {
  it("takes what is exported for what it sets", () => {
    expect(parsed("export A=b\n export  C='d'\nE=f\n", parseExportedFile)).toEqual({ A: "b", C: "d", E: "f" });
    expect(parseExportedFile("export A\n")?.otherLine).toBe(1);
  });
});

describe("parsePamEnvironment", () => {
  it.each([
    ["A=b # c\n", { A: "b " }],
    [' B="x y"\n', { B: "x y" }],
    ["export C='z'w\nexport   D=1\n", { C: "z'w" }],
    ["D=\n", { D: "" }],
    ['E="a\'b"c"d\n', { E: 'a\'b"c"d' }],
    ["F=a\\\nb\nG=a\\ b\n", { F: "ab", G: "a\\ b" }],
    ["H H=x\nL-M=x\nnonsense\nI=$A\n", { I: "$A" }],
    ["J= lead\nT=trail   \n", { J: " lead", T: "trail   " }],
    ["N=a#b\n#S=x\n", { N: "a" }],
    ['O="open\nQ=\'\nR="a\\"b"\n', { O: "open", Q: "", R: 'a\\"b' }],
  ])("reads %j as pam_env does", (text, variables) => {
    expect(parsed(text, parsePamEnvironment)).toEqual(variables);
  });
});
