import { describe, expect, it } from "vitest";
import { parseHosts } from "./parse-hosts.ts";

function parse(text: string) {
  const { addresses, ...rest } = parseHosts(Buffer.from(text, "latin1"));
  return { ...rest, addresses: Object.fromEntries(Array.from(addresses, ([name, all]) => [name, [...all]])) };
}

describe("parseHosts", () => {
  it.each<[text: string, addresses: object]>([
    ["", {}],
    ["# 10.0.0.1 a\n\n  # b\n", {}],
    [
      "127.0.0.1 localhost\n::1\tlocalhost ip6-localhost\n",
      { localhost: ["127.0.0.1", "::1"], "ip6-localhost": ["::1"] },
    ],
    ["10.0.0.1 a b # c\n10.0.0.1 a\n", { a: ["10.0.0.1"], b: ["10.0.0.1"] }],
    ["10.0.0.1 DB.Internal\r\n", { "db.internal": ["10.0.0.1"] }],
    ["FE80::1%lo0 a\n", { a: ["fe80::1%lo0"] }],
    ["10.0.0.1 b\xffd\n", { "b%FFd": ["10.0.0.1"] }],
    ["10.0.0.1\n", {}],
  ])("reads %j", (text, addresses) => {
    expect(parse(text)).toEqual({ addresses, mistakes: [], isManaged: false });
  });

  it("says of names on a line without an address that they cannot be told", () => {
    expect(parse("10.0.0.1 a\n10.0.0.999 a b\nnonsense\n")).toEqual({
      addresses: { a: ["10.0.0.1"] },
      mistakes: [
        { names: ["a", "b"], detail: 'Cannot read "/etc/hosts": line 2 does not begin with an address' },
        { names: [], detail: 'Cannot read "/etc/hosts": line 3 does not begin with an address' },
      ],
      isManaged: false,
    });
  });

  it("knows what cloud-init writes", () => {
    const text = "# Your system has configured 'manage_etc_hosts' as True.\n127.0.1.1 web web\n";
    expect(parse(text)).toMatchObject({ isManaged: true });
  });
});
