import { describe, expect, it } from "vitest";
import { parseProperties } from "./parse-properties.ts";
import { quotedWords, unitDetails } from "./unit-details.ts";

const exec = (path: string, argv: string, ignored = "no") =>
  `ExecStart={ path=${path} ; argv[]=${argv} ; ignore_errors=${ignored} ; start_time=[n/a] ; stop_time=[n/a] ; pid=7 ; code=(null) ; status=0/0 }\n`;

function detailsOf(text: string) {
  const [unit] = parseProperties(Buffer.from(text));
  return unit === undefined ? undefined : unitDetails(unit);
}

describe("unitDetails", () => {
  const SERVICE = "Id=a.service\nLoadState=loaded\n";

  it.each([
    [exec("/bin/a", "/bin/a x ; y"), ["/bin/a x ; y"]],
    [exec("/bin/a", "/bin/a", "yes"), ["-/bin/a"]],
    [exec("/bin/a", "other x"), ["@/bin/a other x"]],
    [exec("/bin/a", "/bin/a") + exec("/bin/b", "/bin/b c"), ["/bin/a", "/bin/b c"]],
    ["", []],
  ])("reads the command lines of %j without numbers and times", (lines, commands) => {
    expect(detailsOf(SERVICE + lines)).toMatchObject({ exec_start: commands });
  });

  it.each([
    ["User=\nDynamicUser=no\n", "root"],
    ["User=\nDynamicUser=yes\n", "dynamic"],
    ["User=web\nDynamicUser=yes\n", "web"],
  ])("says of %j that it runs as %s", (lines, user) => {
    expect(detailsOf(SERVICE + lines)).toMatchObject({ user });
  });

  it("has of other units only their files, and of masked ones nothing", () => {
    expect(detailsOf("Id=a.timer\nLoadState=loaded\nFragmentPath=/x\n")).toEqual({ fragment_path: "/x", drop_ins: [] });
    expect(detailsOf("Id=a.service\nLoadState=masked\nFragmentPath=/x\n")).toEqual({});
  });
});

describe("quotedWords", () => {
  it.each([
    ["", []],
    ["/a /b", ["/a", "/b"]],
    ["/\xc3\xa0 /b", ["/\xc3\xa0", "/b"]],
    ['"/a b" /c', ["/a b", "/c"]],
    ['"/a \\"b\\\\"', ['/a "b\\']],
  ])("takes %j apart", (text, words) => {
    expect(quotedWords(text)).toEqual(words);
  });
});
