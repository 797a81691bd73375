import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCronFileName, jobOf, parseCrontab } from "./parse-crontab.ts";

const system = (text: string) => parseCrontab(Buffer.from(text, "latin1"));
const own = (text: string) => parseCrontab(Buffer.from(text, "latin1"), "ada");

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

  it("takes time proportional to the text, whatever stands in it", () => {
    const text = `${" ".repeat(20_000)}"${"a".repeat(20_000)}${"\t".repeat(20_000)}\n`;
    expect(system(text).mistake).toBeDefined();
  });

  it("never fails, whatever it is given", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const { lines, mistake } = parseCrontab(bytes);
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
    ["e2scrub_all", true],
    ["my-job2", true],
    [".placeholder", false],
    ["job.dpkg-old", false],
    ["job~", false],
    ["a b", false],
  ])("takes %j for %s", (name, taken) => {
    expect(isCronFileName(name)).toBe(taken);
  });
});
