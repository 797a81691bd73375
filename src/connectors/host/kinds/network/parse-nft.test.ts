import { describe, expect, it } from "vitest";
import { isOpaque, parseNft } from "./parse-nft.ts";

const parse = (text: string) => parseNft(Buffer.from(text, "latin1"));
/** The objects of one table, without what its name says of all of them. */
function inTable(body: string) {
  const parsed = parse(`table inet filter {\n${body}}\n`);
  return "objects" in parsed ? parsed.objects.map(({ family, table, ...rest }) => rest) : parsed;
}

const chain = (...lines: readonly string[]) => `\tchain input {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;
const set = (...lines: readonly string[]) => `\tset blocked {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;

describe("parseNft", () => {
  it("reads a ruleset as nft -s prints it", () => {
    const text = `table inet filter {
	comment "all of it"
	ct helper ftp {
		type "ftp" protocol tcp
		l3proto inet
	}

	set blocked {
		type ipv4_addr
		flags interval
		elements = { 10.0.0.0/8, 192.168.1.1-192.168.1.9 }
	}

	map m {
		type inet_service : verdict
		elements = { 22 : accept, 23 : drop }
	}

	chain input {
		comment "from outside"
		type filter hook input priority filter + 10; policy drop;
		ct state established,related accept
		tcp dport { 22, 80, 443 } accept comment "web"
		tcp dport 25 counter log prefix "a comment " reject with tcp reset
	}

	chain other {
	}
}
table netdev nd { # progname nft
	flags owner
	chain in {
		type filter hook ingress device "lo" priority filter; policy accept;
	}
}
`;
    expect(parse(text)).toEqual({
      objects: [
        {
          family: "inet",
          table: "filter",
          sort: "other",
          name: "ct-helper:ftp",
          definition: 'ct helper; type "ftp" protocol tcp; l3proto inet',
        },
        {
          family: "inet",
          table: "filter",
          sort: "set",
          name: "@blocked",
          definition: "set; type ipv4_addr; flags interval",
          elements: ["10.0.0.0/8", "192.168.1.1-192.168.1.9"],
        },
        {
          family: "inet",
          table: "filter",
          sort: "set",
          name: "@m",
          definition: "map; type inet_service : verdict",
          elements: ["22 : accept", "23 : drop"],
        },
        {
          family: "inet",
          table: "filter",
          sort: "chain",
          name: "input",
          base: { type: "filter", hook: "input", priority: "filter + 10", devices: [], policy: "drop", dormant: false },
          rules: [
            "ct state established,related accept",
            "tcp dport { 22, 80, 443 } accept",
            'tcp dport 25 counter log prefix "a comment " reject with tcp reset',
          ],
        },
        { family: "inet", table: "filter", sort: "chain", name: "other", rules: [] },
        {
          family: "netdev",
          table: "nd",
          sort: "chain",
          name: "in",
          base: {
            type: "filter",
            hook: "ingress",
            priority: "filter",
            devices: ["lo"],
            policy: "accept",
            dormant: false,
          },
          rules: [],
        },
      ],
    });
  });

  it("is empty where there are no rules", () => {
    expect(parse("")).toEqual({ objects: [] });
  });

  it.each<[what: string, lines: readonly string[], elements: readonly string[]]>([
    ["several lines", ["type inet_service", "elements = { 1, 3,", "\t     5 }"], ["1", "3", "5"]],
    ["a comma in a text", ["type ifname", 'elements = { "a,b" comment "x, y", "c" }'], ['"a,b"', '"c"']],
    [
      "counters",
      ["type ipv4_addr", "counter", "elements = { 1.2.3.4 counter, 1.2.3.5 counter packets 1 bytes 2 }"],
      ["1.2.3.4", "1.2.3.5"],
    ],
    [
      "some that expire",
      ["type ipv4_addr", "flags timeout", "elements = { 1.2.3.4 timeout 10m expires 5m, 1.2.3.5 }"],
      ["1.2.3.5"],
    ],
    ["a time after which all expire", ["type ipv4_addr", "flags timeout", "timeout 1h", "elements = { 1.2.3.4 }"], []],
    ["what packets put there", ["type ipv4_addr", "size 65535", "flags dynamic", "elements = { 1.2.3.4 }"], []],
    ["nothing", ["type ipv4_addr"], []],
    [
      "pairs",
      ["type ipv4_addr . inet_service", "elements = { 1.2.3.4 . 22, 1.2.3.5 . 23 }"],
      ["1.2.3.4 . 22", "1.2.3.5 . 23"],
    ],
  ])("reads the elements of a set with %s", (_, lines, elements) => {
    expect(inTable(set(...lines))).toMatchObject([{ elements }]);
  });

  it("says of the chains of a table that is switched off that they are", () => {
    const base = "type filter hook input priority filter; policy accept;";
    expect(inTable(`\tflags dormant\n\n${chain(base)}`)).toMatchObject([{ base: { dormant: true } }]);
  });

  it.each<[line: string, base: object]>([
    ["type nat hook postrouting priority srcnat; policy accept;", { hook: "postrouting", priority: "srcnat" }],
    ["type filter hook input priority -5; policy drop;", { priority: "-5", policy: "drop" }],
    ["type filter hook input priority filter - 5;", { priority: "filter - 5", policy: "accept" }],
    ['type filter hook ingress devices = { "a", "b" } priority 0; policy accept;', { devices: ["a", "b"] }],
    ["type filter hook ingress devices = { a, b } priority 0; policy accept;", { devices: ["a", "b"] }],
  ])("reads a base chain: %s", (line, base) => {
    expect(inTable(chain(line))).toMatchObject([{ base, rules: [] }]);
  });

  it("writes names so that no two things share an id", () => {
    expect(inTable("\tchain a/b:c {\n\t}\n\tchain @x {\n\t}\n")).toMatchObject([
      { name: "a%2Fb%3Ac" },
      { name: "%40x" },
    ]);
  });

  it.each<[text: string, line: number]>([
    ["something\n", 1],
    ["table inet filter\n", 1],
    ["table inet filter {\n\tchain a {\n\t\taccept\n\t}\n", 5],
    ["table inet filter {\n\tchain a {\n", 3],
    ["table inet filter {\n\tchain a {\n\taccept\n\t}\n}\n", 3],
    ["table inet filter {\n\twhatever a {\n\t}\n}\n", 2],
    ["table inet filter {\n\tchain a {\n\t\ttype filter hook input;\n\t}\n}\n", 4],
    ["table inet filter {\n\tset a {\n\t\telements = 1, 2\n\t}\n}\n", 4],
  ])("says at which line it no longer understands: %j", (text, line) => {
    expect(parse(text)).toEqual({ malformedLine: line });
  });

  it.each([
    ["tcp dport 22 xt match string counter accept", true],
    ["counter xt target LOG", true],
    ["tcp dport 22 # match comment", true],
    ['log prefix "xt match # "', false],
    ["tcp dport 22 accept", false],
  ])("tells whether nft knows all of a rule: %s", (rule, opaque) => {
    expect(isOpaque(rule)).toBe(opaque);
  });
});
