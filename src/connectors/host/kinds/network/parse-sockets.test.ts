import { describe, expect, it } from "vitest";
import { parseSockets } from "./parse-sockets.ts";

const parse = (text: string) => parseSockets(Buffer.from(text, "latin1"));

describe("parseSockets", () => {
  it.each([
    [
      'tcp LISTEN 0      128    0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=812,fd=3)) ino:1678 sk:1 cgroup:/system.slice/ssh.service <->',
      { protocol: "tcp", port: 22, address: "0.0.0.0", process: "sshd", uid: 0 },
    ],
    [
      'tcp   LISTEN 0 511 *:80 *:* users:(("nginx",pid=901,fd=6),("nginx",pid=900,fd=6)) uid:33 ino:1 sk:2 cgroup:/ v6only:0 <->         ',
      { protocol: "tcp6", port: 80, address: "*", process: "nginx", uid: 33 },
    ],
    [
      "tcp LISTEN 0 511 [::]:443 [::]:* ino:1 sk:2 cgroup:/ v6only:1 <->",
      { protocol: "tcp6", port: 443, address: "::", uid: 0 },
    ],
    [
      "udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* uid:101 ino:9 sk:3 cgroup:/ <->",
      { protocol: "udp", port: 53, address: "127.0.0.53%lo", uid: 101 },
    ],
    [
      "udp UNCONN 0 0 [fe80::1]%eth0:546 [::]:* ino:9 sk:3 cgroup:/ v6only:1 <->",
      { protocol: "udp6", port: 546, address: "fe80::1%eth0", uid: 0 },
    ],
    [
      'tcp LISTEN 0 9 127.0.0.1:9 0.0.0.0:* users:(("a",pid=1,fd=3)",pid=77,fd=5),("b c",pid=9,fd=1)) ino:1 sk:2 <->',
      { protocol: "tcp", port: 9, address: "127.0.0.1", process: "b c", uid: 0 },
    ],
    [
      'tcp LISTEN 0 9 127.0.0.1:9 0.0.0.0:* ino:1 sk:2 cgroup:/users:(("root",pid=1,fd=1)) uid:7 ino:3 <->',
      { protocol: "tcp", port: 9, address: "127.0.0.1", uid: 0 },
    ],
  ])("reads %j", (line, socket) => {
    expect(parse(`${line}\n`)).toEqual({ sockets: [socket], gaps: [] });
  });

  it.each([
    "tcp LISTEN 0 128",
    "tcp LISTEN 0 128 0.0.0.0:0 0.0.0.0:* ino:1 <->",
    "tcp LISTEN 0 128 0.0.0.0:65536 0.0.0.0:* ino:1 <->",
    "tcp LISTEN 0 128 0.0.0.0:ssh 0.0.0.0:* ino:1 <->",
    "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* something else",
    "raw UNCONN 0 0 0.0.0.0:1 0.0.0.0:* ino:1 <->",
    "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(nonsense) ino:1 <->",
    '",pid=77,fd=5)) ino:1 sk:2 <->',
  ])("leaves a gap for %j", (line) => {
    const { sockets, gaps } = parse(`${line}\n`);
    expect(sockets).toEqual([]);
    expect(gaps).toEqual([
      { glob: "**", reason: "failed", detail: 'Cannot read what "ss" prints: line 1 is malformed' },
    ]);
  });
});
