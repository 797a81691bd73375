import { describe, expect, it } from "vitest";
import { observeRecorded, type RecordedHost } from "../../../../testing/recorded-host.ts";
import { cronJobKind } from "./cron-job.ts";

const JOB = "0 3 * * * sync\n";
const SYSTEM_JOB = "0 3 * * * root sync\n";

async function seen(host: RecordedHost) {
  const { observations, listing } = await observeRecorded(cronJobKind, host);
  const files = Array.from(observations.keys(), (id) => id.slice(0, id.indexOf("#")));
  return { files: files.sort(), gaps: listing?.status === "listed" ? (listing.gaps ?? []) : undefined };
}

describe("findCrontabs", () => {
  it.each([
    ["Debian", "/var/spool/cron/crontabs/ada"],
    ["Red Hat", "/var/spool/cron/ada"],
    ["SUSE", "/var/spool/cron/tabs/ada"],
    ["Alpine", "/etc/crontabs/ada"],
  ])("finds the crontabs of users on %s", async (_, path) => {
    expect(await seen({ files: { [path]: JOB } })).toEqual({ files: [path], gaps: [] });
  });

  it("follows the link that Alpine has in place of the spool's folder", async () => {
    const files = { "/var/spool/cron/crontabs": { link: "/etc/crontabs" }, "/etc/crontabs/root": JOB };
    expect(await seen({ files })).toEqual({ files: ["/etc/crontabs/root"], gaps: [] });
  });

  it.each(["/etc/cron.d", "/var/spool/cron", "/var/spool/cron/crontabs"])(
    "says that it does not know what stands in %s where that is a link",
    async (folder) => {
      const { gaps } = await seen({ files: { [folder]: { link: "/srv/elsewhere" } } });
      expect(gaps).toEqual([expect.objectContaining({ glob: `${folder}/**`, reason: "unsupported" })]);
    },
  );

  it("reads of /etc/cron.d what the cron of the host reads", async () => {
    const files = { "/etc/cron.d/backup.sh": SYSTEM_JOB, "/etc/cron.d/backup.rpmsave": SYSTEM_JOB };
    expect(await seen({ files: { ...files, "/var/spool/cron": { folder: true } } })).toMatchObject({
      files: ["/etc/cron.d/backup.sh"],
    });
    expect(await seen({ files: { ...files, "/var/spool/cron/crontabs": { folder: true } } })).toMatchObject({
      files: [],
    });
  });

  it("takes no file beside the folder of Debian's cron for a crontab", async () => {
    const files = { "/var/spool/cron/crontabs": { folder: true }, "/var/spool/cron/stray": JOB } as const;
    expect(await seen({ files })).toEqual({ files: [], gaps: [] });
  });

  it("keeps the jobs of users unchecked where Red Hat's spool may not be listed", async () => {
    const { gaps } = await seen({ files: { "/var/spool/cron": "denied", "/var/spool/cron/ada": JOB } });
    expect(gaps).toEqual([expect.objectContaining({ glob: "/var/spool/cron/**", reason: "denied" })]);
  });

  it("keeps the other jobs of a crontab of which cronie passes over a line", async () => {
    const { files, gaps } = await seen({ files: { "/var/spool/cron/ada": `nonsense\n${JOB}` } });
    expect(files).toEqual(["/var/spool/cron/ada"]);
    expect(gaps).toEqual([expect.objectContaining({ glob: "/var/spool/cron/ada#*", reason: "failed" })]);
  });
});

describe("cronJobKind", () => {
  it("seals what a crontab sets where it may be secret", async () => {
    const text = "PATH=/bin\nDB_PASSWORD=hunter2\nURL=https://ada:hunter2@host/\n@daily sync\n";
    const { observations } = await observeRecorded(cronJobKind, { files: { "/var/spool/cron/ada": text } });
    const [job] = observations.values();
    expect(job).toMatchObject({
      actual: { environment: { PATH: "/bin" } },
      facts: [
        { path: "/environment/DB_PASSWORD", fact: "sensitive" },
        { path: "/environment/URL", fact: "sensitive" },
      ],
    });
  });
});
