import { describe, expect, it } from "vitest";
import { checkRemoteRef, repositoryAddress } from "./url.ts";

describe("repositoryAddress", () => {
  it.each([
    ["https://example.com/a/b.git", "https://example.com/a/b.git"],
    ["ssh://git@example.com:2222/a", "ssh://git@example.com:2222/a"],
    ["file:///srv/git/a.git", "file:///srv/git/a.git"],
    ["git@example.com:a/b.git", "git@example.com:a/b.git"],
    ["example:a", "example:a"],
    ["/srv/git/a.git", "/srv/git/a.git"],
    ["../other", "/base/other"],
    ["./odd:name", "/base/dir/odd:name"],
  ])("takes %s as %s", (url, address) => {
    expect(repositoryAddress(url, "/base/dir")).toBe(address);
  });

  it.each([
    ["ext::sh -c id", "remote helper"],
    ["EXT::sh -c id", "remote helper"],
    ["::x", "remote helper"],
    ["fd::3", "remote helper"],
    ["--upload-pack=touch /tmp/x", "an option of git"],
    ["-c", "an option of git"],
    ["-oProxyCommand=id:x", "an option of git"],
    ["user@-oProxyCommand=id:x", "an option of ssh"],
    ["http://example.com/x", "http:// is not supported"],
    ["git://example.com/x", "git:// is not supported"],
    ["ftp://user:hunter2@example.com/x", "ftp:// is not supported"],
    ["https://example.com/\n", "control character"],
  ])("refuses %j", (url, reason) => {
    expect(() => repositoryAddress(url, "/base")).toThrow(reason);
    expect(() => repositoryAddress(url, "/base")).not.toThrow("hunter2");
  });
});

describe("checkRemoteRef", () => {
  it.each(["main", "release/1.2", "v1.0.0", "refs/heads/main", "HEAD", "a".repeat(40), "ünï"])("takes %s", (ref) => {
    expect(checkRemoteRef(ref)).toBe(ref);
  });

  it.each([
    "-x",
    "--upload-pack=x",
    "+main",
    "a:b",
    "a b",
    "a..b",
    "a~1",
    "a^",
    "*",
    "a?",
    "[a",
    "a\\b",
    "@{u}",
    "a.lock",
    "/a",
    "a/",
  ])("refuses %s", (ref) => {
    expect(() => checkRemoteRef(ref)).toThrow(`Cannot fetch ref "${ref}"`);
  });
});
