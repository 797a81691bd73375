import { describe, expect, it } from "vitest";
import { startMachine } from "../../../../testing/machine.ts";
import { observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { parseLimits } from "./parse-limits.ts";

const FILE = "/etc/security/limits.conf";

function parse(...texts: readonly string[]) {
  const { entries, gaps } = parseLimits(texts.map((text) => ({ path: FILE, lines: text.split("\n") })));
  const limits = Array.from(entries, ([id, entry]) => [
    id,
    entry.status === "present" ? entry.actual["value"] : entry.status,
  ]);
  return { limits: Object.fromEntries(limits), gaps };
}

describe("parseLimits", () => {
  it.each([
    ["* hard core 0 # none\n\n# * soft core 1\n", { "*#hard#core": "0" }],
    ["\t@staff\tSOFT  NProc\t20 and more\n", { "@staff#soft#nproc": "20" }],
    ["root - nofile 100\n", { "root#soft#nofile": "100", "root#hard#nofile": "100" }],
    ["* hard nofile infinity\n* soft as -1\n", { "*#hard#nofile": "unlimited", "*#soft#as": "unlimited" }],
    ["@pro - nice -10\n", { "@pro#soft#nice": "-10", "@pro#hard#nice": "-10" }],
    ["ada hard maxlogins 4\nada soft priority -1\n", { "ada#-#maxlogins": "4", "ada#-#priority": "-1" }],
    ["@500: soft cpu 10\nftp - chroot /srv/FTP\n", { "@500:#soft#cpu": "10", "ftp#-#chroot": "/srv/FTP" }],
    ["\xc3\xa0 hard core 0\n", { "à#hard#core": "0" }],
    ["ftp -\n", { "ftp#-#all": "exempt" }],
  ])("reads %j", (text, limits) => {
    expect(parse(text)).toEqual({ limits, gaps: [] });
  });

  it("takes the last of several lines, in whichever file and of whichever type it is", () => {
    expect(parse("* soft nofile 1\n* - nofile 2\n* hard nofile 3\n").limits).toEqual({
      "*#soft#nofile": "2",
      "*#hard#nofile": "3",
    });
    expect(parse("* - nofile 2\n", "* soft nofile 1\n").limits).toEqual({ "*#soft#nofile": "1", "*#hard#nofile": "2" });
  });

  it.each([
    ["* hard core\n", "\\*#*"],
    ["* harder core 0\n", "\\*#*"],
    ["ada hard cores 0\n", "ada#*"],
    ["ada hard core much\n", "ada#*"],
    ["ada soft\n", "ada#*"],
  ])("leaves a gap for %j", (text, glob) => {
    expect(parse(text)).toEqual({
      limits: {},
      gaps: [{ glob, reason: "failed", detail: `Cannot read "${FILE}": line 1 is malformed` }],
    });
  });
});

describeWith("machine", "processLimitKind", () => {
  it("reads limits as those who log in get them, not what is denied, and finds none without their files", async () => {
    await using machine = await startMachine();
    const sh = (script: string) => machine.must(["sh", "-c", script]);
    await sh(
      "printf '* soft nofile 100\\n* hard nofile 900\\n@nogroup soft nproc 70\\n* soft nproc 50\\n' > /etc/security/limits.conf",
    );
    await sh("cd /etc/security/limits.d && echo '* soft nofile 200' > b.conf && echo '* - nofile 300' > B.conf");
    await sh("cd /etc/security/limits.d && echo '* soft nofile 400' > z.off && echo '* soft nofile 500' > .z.conf");
    const kind = "host/process-limit";
    const asked = [{ id: "*#soft#nofile" }, { id: "*#hard#nofile" }, { id: "*#hard#core" }];
    const read = await observeIn(machine, kind, { asked, inScope: true });
    const seen = await sh("su -s /bin/sh -c 'ulimit -Sn; ulimit -Hn' nobody");
    const limitValue = (id: string) => {
      const each = read.observations.get(id);
      return each?.status === "present" ? each.actual["value"] : each?.status;
    };
    expect([limitValue("*#soft#nofile"), limitValue("*#hard#nofile")]).toEqual(seen.trim().split("\n"));
    expect(read.observations.get("*#soft#nofile")).toMatchObject({
      actual: { value: "200", file: "/etc/security/limits.d/b.conf" },
    });
    expect(read.observations.get("*#hard#core")).toMatchObject({ status: "absent" });
    expect([...read.observations.keys()].sort()).toEqual([
      "*#hard#core",
      "*#hard#nofile",
      "*#soft#nofile",
      "*#soft#nproc",
      "@nogroup#soft#nproc",
    ]);
    expect(read.listing).toMatchObject({ status: "listed" });
    expect(read.listing).not.toHaveProperty("gaps");

    await sh("chmod 0600 /etc/security/limits.d/b.conf");
    const denied = await observeIn(machine, kind, { asked, inScope: true, user: "nobody" });
    expect(denied.observations.get("*#hard#nofile")).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(denied.listing).toMatchObject({ status: "unlisted", reason: "denied" });

    await sh("echo 'ada hard core much' > /etc/security/limits.conf");
    const malformed = await observeIn(machine, kind, { asked: [{ id: "ada#hard#core" }, ...asked], inScope: true });
    expect(malformed.observations.get("ada#hard#core")).toMatchObject({ status: "unchecked", reason: "failed" });
    expect(malformed.observations.get("*#soft#nofile")).toMatchObject({ status: "present" });
    expect(malformed.listing).toMatchObject({ status: "listed", gaps: [{ glob: "ada#*" }] });

    await sh("rm -r /etc/security");
    const none = await observeIn(machine, kind, { asked, inScope: true });
    expect(none.observations.get("*#soft#nofile")).toMatchObject({ status: "absent" });
    expect(none.listing).toMatchObject({ status: "listed" });
  });
});
