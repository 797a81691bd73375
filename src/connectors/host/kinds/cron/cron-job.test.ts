import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { cronJobFacts } from "./cron-job.facts.ts";

const KIND = "host/cron-job";
const BACKUP = "/etc/cron.d/backup";

/** The rule for ids, written down a second time. */
function idOf(file: string, user: string, command: string): string {
  return `${file}#${createHash("sha256").update(`${user}\0${command}`).digest("hex").slice(0, 8)}`;
}

describeWith("machine", "cronJobKind", () => {
  let machine: Machine;
  const write = (file: string, text: string) => machine.must(["tee", file], { input: text });
  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["useradd", "ada"]);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("is tested for each of its attributes", () => {
    expect(cronJobFacts.attributes.map(({ path }) => path)).toEqual([
      "/schedule",
      "/user",
      "/command",
      "/environment",
      "/environment/*",
    ]);
  });

  it("shows a change of /schedule alone", async () => {
    await write(BACKUP, "0 3 * * * root tar -cf /srv/x.tar /etc\n");
    const what = { kind: KIND, id: idOf(BACKUP, "root", "tar -cf /srv/x.tar /etc"), path: "/schedule" };
    await expectOnly(machine, { ...what, becomes: "*/5 3 * * mon-fri" }, () =>
      write(BACKUP, "# moved\n\n  */5\t3 *  * mon-fri root tar -cf /srv/x.tar /etc\n"),
    );
    await expectOnly(machine, { ...what, becomes: "@reboot" }, () =>
      write(BACKUP, "@reboot root tar -cf /srv/x.tar /etc\n"),
    );
  });

  it.each([
    ["/user", "0 3 * * * ada sync\n", { schedule: "0 3 * * *", user: "ada", command: "sync" }],
    ["/command", "0 3 * * * root sync; reboot\n", { schedule: "0 3 * * *", user: "root", command: "sync; reboot" }],
  ])("makes another job of one whose %s changes", async (_path, text, actual) => {
    await write(BACKUP, "0 3 * * * root sync\n");
    const before = idOf(BACKUP, "root", "sync");
    const first = await observeIn(machine, KIND, { asked: [{ id: before }] });
    expect(first.observations.get(before)).toMatchObject({
      actual: { schedule: "0 3 * * *", user: "root", command: "sync" },
    });
    await write(BACKUP, text);
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: before }], inScope: true });
    expect(observations.get(before)).toMatchObject({ status: "absent" });
    expect(observations.get(idOf(BACKUP, actual.user, actual.command))).toMatchObject({ status: "present", actual });
  });

  it("reads the crontabs of users, where the file says whose the jobs are", async () => {
    await machine.must(["crontab", "-u", "ada", "-"], { input: "@daily echo '100 %' > /dev/null\n" });
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    const id = idOf("/var/spool/cron/crontabs/ada", "ada", "echo '100 %' > /dev/null");
    expect(observations.get(id)).toMatchObject({
      actual: { schedule: "@daily", user: "ada", command: "echo '100 %' > /dev/null" },
    });
  });

  it("lists the system's crontab, and passes over files that cron passes over", async () => {
    await write("/etc/cron.d/old.dpkg-dist", "0 3 * * * root evil\n");
    const { observations, listing } = await observeIn(machine, KIND, { inScope: true });
    const files = Array.from(observations.keys(), (id) => id.slice(0, id.indexOf("#")));
    expect(files).toContain("/etc/crontab");
    expect(files).not.toContain("/etc/cron.d/old.dpkg-dist");
    expect(listing).toEqual(expect.objectContaining({ status: "listed" }));
    expect(listing).not.toHaveProperty("gaps");
  });

  it("takes one command on several lines for one job with several schedules", async () => {
    await write(BACKUP, "0 3 * * * root sync\n0 1 * * * root sync\n");
    const id = idOf(BACKUP, "root", "sync");
    const { observations } = await observeIn(machine, KIND, { asked: [{ id }] });
    expect(observations.get(id)).toMatchObject({ actual: { schedule: "0 1 * * *; 0 3 * * *" } });
  });

  it("reads a crontab that is a link, and none where the link leads nowhere", async () => {
    await write("/srv/jobs", "0 3 * * * root linked\n");
    await machine.must(["ln", "-s", "/srv/jobs", "/etc/cron.d/linked"]);
    await machine.must(["ln", "-s", "/srv/none", "/etc/cron.d/dangling"]);
    const { observations, listing } = await observeIn(machine, KIND, { inScope: true });
    expect(observations.get(idOf("/etc/cron.d/linked", "root", "linked"))).toMatchObject({ status: "present" });
    expect(listing).not.toHaveProperty("gaps");
  });

  it("keeps the jobs of a crontab unchecked that cron ignores as a whole", async () => {
    await using broken = await startMachine();
    const sound = "0 3 * * * root sync\n";
    const spoil = {
      malformed: () => broken.must(["tee", "/etc/cron.d/malformed"], { input: `${sound}61 3 * * * root late\n` }),
      unended: () => broken.must(["tee", "/etc/cron.d/unended"], { input: sound.trimEnd() }),
      writable: async () => {
        await broken.must(["tee", "/etc/cron.d/writable"], { input: sound });
        await broken.must(["chmod", "0666", "/etc/cron.d/writable"]);
      },
      foreign: async () => {
        await broken.must(["tee", "/etc/cron.d/foreign"], { input: sound });
        await broken.must(["chown", "daemon", "/etc/cron.d/foreign"]);
      },
    };
    for (const [name, make] of Object.entries(spoil)) {
      await make();
      const file = `/etc/cron.d/${name}`;
      const known = idOf(file, "root", "sync");
      const unknown = idOf(file, "root", "other");
      const asked = [{ id: known }, { id: unknown }];
      const { observations, listing } = await observeIn(broken, KIND, { asked, inScope: true });
      for (const id of [known, unknown])
        expect(observations.get(id), name).toMatchObject({ status: "unchecked", reason: "failed" });
      expect(listing).toMatchObject({
        status: "listed",
        gaps: expect.arrayContaining([expect.objectContaining({ glob: `${file}#*` })]),
      });
    }
    // Cron itself says so of each of them when it starts.
    await broken.must(["systemctl", "start", "cron.service"]);
    const words = [
      "(*system*malformed) ERROR (Syntax error, this crontab file will be ignored)",
      "(*system*unended) ERROR (Missing newline before EOF, this crontab file will be ignored)",
      "(*system*writable) INSECURE MODE (group/other writable) (/etc/cron.d/writable)",
      "(*system*foreign) WRONG FILE OWNER (/etc/cron.d/foreign)",
    ];
    await vi.waitFor(
      async () => {
        const said = await broken.must(["journalctl", "--unit=cron.service", "--output=cat", "--no-pager"]);
        expect(
          words.filter((text) => !said.includes(text)),
          said,
        ).toEqual([]);
      },
      { timeout: 30_000, interval: 200 },
    );
  });

  it("keeps the jobs of users unchecked that may not be read, and no others", async () => {
    const spooled = idOf("/var/spool/cron/crontabs/ada", "ada", "none");
    const request = { asked: [{ id: spooled }, { id: "/etc/cron.d/none#00000000" }], inScope: true, user: "nobody" };
    const { observations, listing } = await observeIn(machine, KIND, request);
    expect(observations.get(spooled)).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(observations.get("/etc/cron.d/none#00000000")).toMatchObject({ status: "absent" });
    expect(listing).toMatchObject({
      status: "listed",
      gaps: [{ glob: "/var/spool/cron/crontabs/**", reason: "denied" }],
    });
  });
});
