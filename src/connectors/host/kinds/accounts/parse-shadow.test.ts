import { describe, expect, it } from "vitest";
import { parseShadow, passwordAttributes } from "./parse-shadow.ts";

const shadow = (text: string) => parseShadow(Buffer.from(text, "latin1"), "/etc/shadow");

describe("passwordAttributes", () => {
  it.each([
    ["", { password: "empty" }],
    ["*", { password: "none" }],
    ["!", { password: "none" }],
    ["!!", { password: "none" }],
    ["!*", { password: "none" }],
    ["*LK*", { password: "none" }],
    ["x", { password: "none" }],
  ])("takes %j for %j", (field, attributes) => {
    expect(passwordAttributes(field)).toEqual(attributes);
  });

  it.each([
    ["$y$j9T$salt$hash", "yescrypt"],
    ["$gy$j9T$salt$hash", "gost-yescrypt"],
    ["$7$CU..$salt$hash", "scrypt"],
    ["$2b$05$salthash", "bcrypt"],
    ["$2$05$salthash", "bcrypt"],
    ["$6$salt$hash", "sha512"],
    ["$5$salt$hash", "sha256"],
    ["$sha1$1$salt$hash", "sha1"],
    ["$md5,rounds=5$salt$hash", "sunmd5"],
    ["$1$salt$hash", "md5"],
    ["$3$$hash", "nt"],
    ["$9$new", "unknown"],
    ["_J9..rasmBYk8r9AiWNc", "bsdicrypt"],
    ["abJnggxhB/yWI", "des"],
  ])("tells what %j was made with, also when it is locked", (hash, algorithm) => {
    const known = { password_algorithm: algorithm, password_digest: hash };
    expect(passwordAttributes(hash)).toEqual({ password: "set", ...known });
    expect(passwordAttributes(`!${hash}`)).toEqual({ password: "locked", ...known });
    expect(passwordAttributes(`!!${hash}`)).toEqual({ password: "locked", ...known });
  });
});

describe("parseShadow", () => {
  it("reads ageing, and leaves out what is not limited", () => {
    const { records, mistakes } = shadow("ada:*:19000:1:90:7:30:20000:\nbob:*:::::::\nold:*:-1:-1:-1:-1:-1:-1:\n");
    expect(Object.fromEntries(records)).toEqual({
      ada: {
        password: "none",
        last_change: "2022-01-08",
        password_min_days: 1,
        password_max_days: 90,
        password_warn_days: 7,
        password_inactive_days: 30,
        expires: "2024-10-04",
      },
      bob: { password: "none" },
      old: { password: "none" },
    });
    expect(mistakes).toEqual([]);
  });

  it("writes a day beyond all calendars as the last one", () => {
    expect(shadow("ada:*::::::9999999999:\n").records.get("ada")).toMatchObject({ expires: "9999-12-31" });
  });

  it.each(["eve:$6$s$secret\n", "eve:$6$s$secret:1:2:3:4:5:6:7:8\n", "eve:$6$s$secret:one:::::::\n"])(
    "says that %j is malformed without quoting it",
    (text) => {
      expect(shadow(text).mistakes).toEqual([
        { name: "eve", detail: 'Cannot read "/etc/shadow": line 1 is malformed' },
      ]);
    },
  );
});
