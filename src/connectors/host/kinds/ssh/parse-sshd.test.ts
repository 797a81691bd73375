import { describe, expect, it } from "vitest";
import { parseSshd } from "./parse-sshd.ts";

const parse = (text: string) => parseSshd(Buffer.from(text, "latin1"), new Set(["port"]));

describe("parseSshd", () => {
  it("makes a list of what is repeated, in order, and of what always is one", () => {
    expect(parse("port 22\nsubsystem sftp /usr/lib/sftp-server\nacceptenv LANG\nacceptenv LC_*\n").settings).toEqual({
      port: ["22"],
      subsystem: "sftp /usr/lib/sftp-server",
      acceptenv: ["LANG", "LC_*"],
    });
  });

  it("writes keywords in lower case, and one without a value as empty", () => {
    expect(parse("PermitRootLogin no\nbanner\n").settings).toEqual({ permitrootlogin: "no", banner: "" });
  });

  it("takes out the key that sshd was given to start with, and no other", () => {
    expect(parse("hostkey /dev/stdin\n").settings).toEqual({});
    expect(parse("hostkey /a\nhostkey /dev/stdin\nhostkey /b\n").settings).toEqual({ hostkey: ["/a", "/b"] });
    expect(parse("banner /dev/stdin\n").settings).toEqual({ banner: "/dev/stdin" });
  });

  it("sets members that other objects have, and no prototype", () => {
    const { settings } = parse("constructor x\n");
    expect(Object.getOwnPropertyNames(settings)).toEqual(["constructor"]);
  });

  it.each(["__proto__ x\n", "permitrootlogin no\n = \n", "\0\n"])("says that %j is malformed", (text) => {
    expect(parse(text).mistake).toMatch(/^line \d is malformed$/);
  });
});
