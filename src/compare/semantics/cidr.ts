import ipaddr from "ipaddr.js";
import type { Json } from "../../model/json.ts";

/**
 * `ADDRESS/PREFIX` with the address in its shortest form (RFC 5952 for IPv6). A bare address is the whole one (`/32`, `/128`), and
 * an IPv4 netmask is its prefix. Host bits stay: `10.0.0.1/8` names an interface's address and is not the network.
 */
export function canonicalCidr(value: Json): Json {
  if (typeof value !== "string" || value.length > LONGEST) return value;
  const [address = "", prefix, ...rest] = value.trim().split("/");
  if (rest.length > 0) return value;
  const canonical = address.includes(":") ? canonicalV6(address, prefix) : canonicalV4(address, prefix);
  return canonical ?? value;
}

const LONGEST = 120;
const PREFIX = /^(?:0|[1-9]\d{0,2})$/;

function canonicalV4(address: string, prefix = "32"): string | undefined {
  // Other forms are taken for octal or shortened by some readers and not by others.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return undefined;
  const bits = prefix.includes(".") ? prefixOfMask(prefix) : readPrefix(prefix, 32);
  return bits === undefined ? undefined : `${address}/${bits}`;
}

function canonicalV6(address: string, prefix = "128"): string | undefined {
  const hexadecimal = withoutDottedPart(address);
  if (hexadecimal === undefined || !ipaddr.IPv6.isValid(hexadecimal)) return undefined;
  const bits = readPrefix(prefix, 128);
  return bits === undefined ? undefined : `${ipaddr.IPv6.parse(hexadecimal).toRFC5952String()}/${bits}`;
}

/** ipaddr.js takes `::1.2.3.4` for `::ffff:1.2.3.4`, which is another address, so its last four bytes are written out first. */
function withoutDottedPart(address: string): string | undefined {
  if (!address.includes(".")) return address;
  const start = address.lastIndexOf(":") + 1;
  const [dotted = "", ...zone] = address.slice(start).split("%");
  if (!ipaddr.IPv4.isValidFourPartDecimal(dotted)) return undefined;
  const bytes = ipaddr.IPv4.parse(dotted).octets.map((byte) => byte.toString(16).padStart(2, "0"));
  return [`${address.slice(0, start)}${bytes.slice(0, 2).join("")}:${bytes.slice(2).join("")}`, ...zone].join("%");
}

function readPrefix(text: string, bits: number): number | undefined {
  return PREFIX.test(text) && Number(text) <= bits ? Number(text) : undefined;
}

function prefixOfMask(mask: string): number | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(mask)) return undefined;
  return ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask() ?? undefined;
}
