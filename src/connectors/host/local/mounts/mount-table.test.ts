import { describe, expect, it } from "vitest";
import { farMounts, mountOf } from "./mount-table.ts";

const MOUNTINFO = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:5 / /proc rw,nosuid shared:2 - proc proc rw
30 22 0:40 / /srv/nfs rw,relatime shared:20 master:3 - nfs4 files:/x rw,vers=4.2
31 30 0:41 / /srv/nfs/inner rw - fuse.sshfs host:/ rw
32 22 0:42 / /mnt/two\\040words rw - cifs //files/x rw
33 22 0:43 / /mnt/over rw - nfs files:/y rw
34 33 254:1 / /mnt/over rw - ext4 /dev/vdb rw
35 22 0:44 / /home rw - autofs auto.home rw
`;
const mounts = farMounts(Buffer.from(MOUNTINFO));

describe("mountinfo", () => {
  it("tells which file systems may never answer", () => {
    expect(mounts).toEqual([
      { point: "/srv/nfs", type: "nfs4" },
      { point: "/srv/nfs/inner", type: "fuse.sshfs" },
      { point: "/mnt/two words", type: "cifs" },
      { point: "/home", type: "autofs" },
    ]);
  });

  it("leaves out what holds everything", () => {
    expect(farMounts(Buffer.from("1 0 0:9 / / rw - 9p root rw\n"))).toEqual([]);
    expect(farMounts(Buffer.from(""))).toEqual([]);
  });

  it.each([
    ["/srv/nfs", "/srv/nfs"],
    ["/srv/nfs/a", "/srv/nfs"],
    ["/srv/nfs/inner/a", "/srv/nfs/inner"],
    ["/srv/nfs2", undefined],
    ["/srv", undefined],
    ["/mnt/over/a", undefined],
  ])("tells where %s stands: %s", (path, point) => {
    expect(mountOf(path, mounts)?.point).toBe(point);
  });
});
