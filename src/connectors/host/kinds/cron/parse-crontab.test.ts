import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Crontab, environmentOf, isCronFileName, jobOf, parseCrontab } from "./parse-crontab.ts";

const withoutSettings = ({ lines, ...rest }: Crontab) => ({
  lines: lines.map(({ settings: _, ...line }) => line),
  ...rest,
});
const parse = (text: string, options: Parameters<typeof parseCrontab>[1]) =>
  withoutSettings(parseCrontab(Buffer.from(text, "latin1"), options));
const system = (text: string) => parse(text, { dialect: "debian" });
const own = (text: string) => parse(text, { dialect: "debian", owner: "ada" });
const cronie = (text: string) => parse(text, { dialect: "cronie" });

describe("parseCrontab", () => {
  it.each([
    ["* * * * * root sync", "* * * * *", "root", "sync"],
    ["  0\t3  * * 1-5/2  root\tsync  now ", "0 3 * * 1-5/2", "root", "sync  now "],
    ["*/10,5 0-23/2 1,15 jan-MAR,12 SUN,7 root x", "*/10,5 0-23/2 1,15 jan-MAR,12 SUN,7", "root", "x"],
    ["@reboot root x=1 run", "@reboot", "root", "x=1 run"],
    ["0 3 * * * root X=1 run --a=b", "0 3 * * *", "root", "X=1 run --a=b"],
    ["0 3 * * * root echo 100\\% # no comment", "0 3 * * *", "root", "echo 100\\% # no comment"],
    ["0 3 * * * root sync\r", "0 3 * * *", "root", "sync\r"],
  ])("reads %j of the system's crontab", (line, schedule, user, command) => {
    expect(system(`${line}\n`)).toEqual({ lines: [{ schedule, user, command }] });
  });

  it("reads a user's own crontab without a user in its lines", () => {
    expect(own("@daily root sync\n")).toEqual({ lines: [{ schedule: "@daily", user: "ada", command: "root sync" }] });
  });

  it.each([
    "",
    "\n",
    "# 0 3 * * * root sync\n",
    "  # x\n",
    "PATH=/bin\n",
    "A = b\n",
    '"quoted name"=x\n',
    "'a b' =x\n",
    "\t\n",
  ])("finds no job in %j", (text) => {
    expect(system(text)).toEqual({ lines: [] });
  });

  it.each([
    "60 3 * * * root sync\n",
    "0 24 * * * root sync\n",
    "0 3 0 * * root sync\n",
    "0 3 * 13 * root sync\n",
    "0 3 * * 8 root sync\n",
    "0 3 * foo * root sync\n",
    "*/0 3 * * * root sync\n",
    "0 3 * * root\n",
    "0 3 * * * root\n",
    "0 3 * * * root \n",
    "@fortnightly root sync\n",
    "@daily root\n",
    "sync\n",
    "\0\n",
  ])("says that %j is none that cron understands", (text) => {
    expect(system(`# first\n${text}`).mistake).toBe("line 2 is none that cron understands");
  });

  it("says that a last line without an end is one", () => {
    expect(system("0 3 * * * root sync")).toMatchObject({ mistake: "its last line has no end" });
  });

  it("keeps what stood before a mistake", () => {
    expect(system("0 3 * * * root sync\nnonsense\n").lines).toHaveLength(1);
  });

  it.each([
    ["0 3 * * * root sync\nnonsense\n0 4 * * * root late\n", ["sync", "late"], "line 2 is none that cron understands"],
    ["0 3 * * * root sync\n0 4 * * * root late", ["sync"], "its last line has no end"],
    ["-0~59 3 * * * root quiet\n", ["quiet"], undefined],
  ])("takes of %j what cronie takes", (text, commands, mistake) => {
    const crontab = cronie(text);
    expect(crontab.lines.map(({ command }) => command)).toEqual(commands);
    expect(crontab.mistake).toBe(mistake);
  });

  it("refuses to Debian's cron what cronie alone knows", () => {
    expect(system("0~59 3 * * * root x\n").mistake).toBeDefined();
    expect(system("-0 3 * * * root x\n").mistake).toBeDefined();
  });

  it("gives each line the settings that stand above it", () => {
    const text = `SHELL=/bin/sh\n@daily root one\n"A B" = ' x '\nSHELL = "/tmp/evil" \n@daily root two\n`;
    const { lines } = parseCrontab(Buffer.from(text), { dialect: "debian" });
    expect(lines.map((line) => environmentOf([line]))).toEqual([
      { SHELL: "/bin/sh" },
      { "A B": " x ", SHELL: "/tmp/evil" },
    ]);
    expect(environmentOf(lines)).toEqual({ "A B": ";  x ", SHELL: "/bin/sh; /tmp/evil" });
  });

  it("takes time proportional to the text, whatever stands in it", () => {
    const text = `${" ".repeat(20_000)}"${"a".repeat(20_000)}${"\t".repeat(20_000)}\n`;
    expect(system(text).mistake).toBeDefined();
  });

  it("never fails, whatever it is given", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const { lines, mistake } = parseCrontab(bytes, { dialect: "cronie" });
        expect(lines.every(({ command }) => command !== "")).toBe(true);
        expect(mistake === undefined || mistake !== "").toBe(true);
      }),
    );
  });
});

describe("jobOf", () => {
  it("writes bytes that are not UTF-8 as in an id, and all others as they stand", () => {
    expect(jobOf({ schedule: "@daily", user: "ada", command: "a\xffb %" })).toMatchObject({ command: "a%FFb %25" });
    expect(jobOf({ schedule: "@daily", user: "ada", command: "date +%F \xc3\xa4" })).toMatchObject({
      command: "date +%F ä",
    });
  });
});

describe("isCronFileName", () => {
  it.each([
    ["e2scrub_all", true, true],
    ["my-job2", true, true],
    ["backup.sh", false, true],
    ["a b", false, true],
    [".placeholder", false, false],
    ["job.dpkg-old", false, true],
    ["job.rpmsave", false, false],
    ["#job#", false, false],
    ["job~", false, false],
  ])("takes %j for %s in Debian's cron and for %s in cronie", (name, debian, cronie) => {
    expect(isCronFileName(name, "debian")).toBe(debian);
    expect(isCronFileName(name, "cronie")).toBe(cronie);
  });
});
