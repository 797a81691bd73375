import { describe, expect, it } from "vitest";
import { formatOf } from "./formats.ts";
import { secretPaths } from "./secrets.ts";

const parse = (path: string, text: string) => formatOf(path)?.parse(text);
const SUDOERS = "/etc/sudoers.d/ops";
const PAM = "/etc/pam.d/sshd";
const LIMITS = "/etc/security/limits.d/db.conf";

describe("sudoers", () => {
  it("is read without comments and blanks, in its order", () => {
    const text = `# This file MUST be edited with visudo
Defaults	env_reset
Defaults:ada   secure_path="/usr/bin:/a  b" # why
User_Alias OPS = ada,  eve : DEVS = %dev
Cmnd_Alias UPDATE = /usr/bin/apt  update, \\
    /usr/bin/apt upgrade
%sudo	ALL=(ALL:ALL) ALL
#1000 ALL = (#0)  NOPASSWD: /bin/a\\ \\ b
@includedir /etc/sudoers.d
#include /etc/sudoers.local
`;
    expect(parse("/etc/sudoers", text)).toEqual({
      aliases: { OPS: "ada, eve", DEVS: "%dev", UPDATE: "/usr/bin/apt update, /usr/bin/apt upgrade" },
      defaults: ["Defaults env_reset", 'Defaults:ada secure_path="/usr/bin:/a  b"'],
      rules: [
        "%sudo ALL=(ALL:ALL) ALL",
        "#1000 ALL = (#0) NOPASSWD: /bin/a\\ \\ b",
        "@includedir /etc/sudoers.d",
        "@include /etc/sudoers.local",
      ],
    });
  });

  it("shows another order of its rules, for the last one decides", () => {
    const [one, other] = ["ada ALL=(root) ALL\nada ALL=(root) !/bin/su", "ada ALL=(root) !/bin/su\nada ALL=(root) ALL"];
    expect(parse(SUDOERS, one)).not.toEqual(parse(SUDOERS, other));
  });

  it.each(["nonsense", "User_Alias ops = ada", "User_Alias A = x\nUser_Alias A = y"])(
    "is not what holds %j",
    (text) => {
      expect(parse(SUDOERS, text)).toBeUndefined();
    },
  );

  it.each(["/etc/sudoers.d/ops.dpkg-old", "/etc/sudoers.d/ops~"])("is not %s, which sudo passes over", (path) => {
    expect(formatOf(path)).toBeUndefined();
  });
});

describe("a file of PAM", () => {
  it("is read without comments and blanks, in its order", () => {
    const text = "# x\n-auth  [ success=1  default=ignore ] pam_unix.so \\\n nullok # y\n@include common-account\n";
    expect(parse(PAM, text)).toEqual({
      rules: [
        { type: "auth", control: "[success=1 default=ignore]", module: "pam_unix.so", args: ["nullok"], quiet: true },
        { control: "@include", file: "common-account" },
      ],
    });
    expect(parse(PAM, "# nothing\n")).toEqual({});
    expect(parse(PAM, "auth needed x\n")).toBeUndefined();
  });

  it("is shown in the clear but for what may be a password", () => {
    const format = formatOf(PAM);
    const secrets = (text: string) => format && secretPaths(format.parse(text) ?? {}, format);
    expect(secrets("password required pam_unix.so use_authtok try_first_pass yescrypt\n")).toEqual([]);
    expect(secrets("auth required pam_mysql.so passwd=sesame\n")).toEqual(["/rules"]);
  });
});

describe("limits.conf", () => {
  it("is read as values by domain, type and item", () => {
    expect(parse(LIMITS, "# x\n*   hard  core 0 # y\n@dba soft NOFILE 65536\nroot - nproc unlimited\nftp -\n")).toEqual(
      {
        "* hard core": "0",
        "@dba soft nofile": "65536",
        "root - nproc": "unlimited",
        "ftp -": true,
      },
    );
  });

  it("shows another order where it counts, which it does among groups", () => {
    const [a, b] = ["@a hard nproc 1", "@b hard nproc 2"];
    expect(parse(LIMITS, `${a}\n${b}`)).not.toEqual(parse(LIMITS, `${b}\n${a}`));
    expect(parse(LIMITS, "ada hard nproc 1\neve hard nproc 2")).toEqual(
      parse(LIMITS, "eve hard nproc 2\nada hard nproc 1"),
    );
  });

  it.each(["ada hard nproc", "ada firm nproc 1", "nonsense"])("is not what holds %j", (text) => {
    expect(parse(LIMITS, text)).toBeUndefined();
  });
});

describe("pwquality.conf and its like", () => {
  it("are read as values and flags", () => {
    expect(parse("/etc/security/faillock.conf", "# x\ndeny = 5 # y\naudit\n")).toEqual({ deny: "5", audit: true });
    expect(parse("/etc/security/pwquality.conf.d/50.conf", "minlen=14\n")).toEqual({ minlen: "14" });
  });
});
