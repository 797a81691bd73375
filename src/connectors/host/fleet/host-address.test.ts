import { describe, expect, it } from "vitest";
import { isJump, parseHostAddress, placeOf } from "./host-address.ts";

describe("the address of a host", () => {
  it.each([
    ["ssh://web-1", { host: "web-1" }, "web-1"],
    ["ssh://web-1/", { host: "web-1" }, "web-1"],
    ["ssh://scan@web-1.example.com:22", { user: "scan", host: "web-1.example.com", port: 22 }, "web-1.example.com"],
    ["ssh://scan@10.0.0.5:2222", { user: "scan", host: "10.0.0.5", port: 2222 }, "10.0.0.5:2222"],
    ["ssh://[2001:db8::1]", { host: "2001:db8::1" }, "2001:db8::1"],
    ["ssh://[2001:db8::1]:2222", { host: "2001:db8::1", port: 2222 }, "[2001:db8::1]:2222"],
    ["ssh://[fe80::1%eth0]", { host: "fe80::1%eth0" }, "fe80::1%eth0"],
  ])("%s is %j, and its place %s", (text, address, place) => {
    expect(parseHostAddress(text)).toEqual(address);
    expect(placeOf(address)).toBe(place);
  });

  it.each([
    ["web-1", "it must be `local` or ssh://"],
    ["http://web-1", "it must be `local` or ssh://"],
    ["ssh://", '"" is no name or address'],
    ["ssh://-oProxyCommand=x", '"-oProxyCommand=x" is no name or address'],
    ["ssh://web/path", "it must be ssh://[USER@]HOST[:PORT]"],
    ["ssh://u:pw@web", "a password has no place in it"],
    ["ssh://-u@web", "its user is no name of a user"],
    ["ssh://web:0", "there is no port 0"],
    ["ssh://web:70000", "there is no port 70000"],
    ["ssh://a b", "is no name or address"],
  ])("%s is none: %s", (text, why) => {
    expect(parseHostAddress(text)).toContain(why);
  });

  it.each([
    ["gate", true],
    ["ssh://ann@gate:2222", true],
    ["ann@gate:2222,gate-2", true],
    ["[::1]:22", true],
    ["-oProxyCommand=x", false],
    ["gate,-x", false],
    ["gate;x", false],
    ["", false],
  ])("%j may be what hosts are reached through: %s", (text, may) => {
    expect(isJump(text)).toBe(may);
  });
});
