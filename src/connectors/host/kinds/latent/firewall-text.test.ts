import { describe, expect, it } from "vitest";
import { compareFirewall, withoutForeign } from "./compare-firewall.ts";
import { parseIptables } from "./iptables-text.ts";
import { parseNft } from "./nft-text.ts";

/** The rules of one chain as nft would print them. */
function rules(...lines: readonly string[]) {
  const { places } = parseNft(`table inet filter {\n chain input {\n${lines.join("\n")}\n }\n}\n`);
  return places.get("inet filter input")?.map(({ text }) => text);
}

describe("parseNft", () => {
  it.each([
    ["type filter hook input priority 0; policy accept;", ["type filter hook input priority 0"]],
    ["type filter hook input priority filter; policy drop;", ["type filter hook input priority 0", "policy drop"]],
    ["type filter hook input priority filter - 5;", ["type filter hook input priority -5"]],
    ["type nat hook prerouting priority -100;", ["type nat hook prerouting priority -100"]],
    ["ct state related,established accept", ["ct state established,related accept"]],
    ["ct state { related, established } accept # why", ["ct state { established, related } accept"]],
    ['iif "lo" accept', ["iif lo accept"]],
    ['meta iifname != "eth0" drop', ["iifname ! = eth0 drop"]],
    ["tcp dport { ssh, 80,\n 443 } accept", ["tcp dport { 22, 443, 80 } accept"]],
    ["tcp dport { 22 } accept", ["tcp dport 22 accept"]],
    ["tcp dport ssh ip saddr @allow accept", ["tcp dport 22 ip saddr @allow accept"]],
    ["ip saddr 10.0.0.1/32 counter packets 7 bytes 9 drop", ["ip saddr 10.0.0.1 counter drop"]],
    ['tcp dport 80 counter accept comment "the web; {x}"', ["tcp dport 80 counter accept"]],
    ["tcp dport 1 accept; tcp dport 2 \\\n accept", ["tcp dport 1 accept", "tcp dport 2 accept"]],
    ['log prefix "a, b { c " level warn drop', ['log prefix "a, b { c " drop']],
    ["limit rate 10/minute burst 5 packets accept", ["limit rate 10/minute accept"]],
  ])("writes %s as nft does", (line, texts) => {
    expect(rules(line)).toEqual(texts);
  });

  it("takes the values of definitions, sets within sets too", () => {
    const { places } = parseNft(
      "define web = { 80, 443 }\ndefine lan = 10.0.0.0/8\ntable ip t {\n chain c {\n ip saddr $lan tcp dport { $web, 22 } accept\n }\n}\n",
    );
    expect(places.get("ip t c")?.[0]?.text).toBe("ip saddr 10.0.0.0/8 tcp dport { 22, 443, 80 } accept");
  });

  it("reads sets, without the elements that go by themselves", () => {
    const { places } = parseNft(
      "table inet f {\n set s {\n type ipv4_addr\n flags timeout\n elements = { 10.0.0.2 timeout 1h expires 59m, 10.0.0.1 }\n }\n}\n",
    );
    expect(places.get("inet f set s")?.map(({ text }) => text)).toContain("elements = 10.0.0.1");
  });

  it.each(['include "/etc/nftables/*.nft"', "add rule inet filter input accept", "delete table inet x", "nonsense"])(
    "says that it cannot resolve %s",
    (line) => {
      expect(parseNft(`flush ruleset\n${line}\n`).unresolved).toHaveLength(1);
    },
  );
});

describe("parseIptables", () => {
  const TEXT =
    '*filter\n:INPUT DROP [5:7]\n:OUTPUT ACCEPT [0:0]\n[1:2] -A INPUT -s 10.0.0.1/32 -p tcp -m tcp --dport 22 -m comment --comment "a b" -j ACCEPT\n-A INPUT --protocol tcp -m state --state RELATED,ESTABLISHED --jump ACCEPT\nCOMMIT\n';

  it("reads policies and rules without counts, comments and what goes without saying", () => {
    expect(
      Object.fromEntries(
        Array.from(parseIptables(TEXT).places, ([name, lines]) => [name, lines.map(({ text }) => text)]),
      ),
    ).toEqual({
      "filter INPUT": [
        "policy DROP",
        "-s 10.0.0.1 -p tcp --dport 22 -j ACCEPT",
        "-p tcp -m state --state ESTABLISHED,RELATED -j ACCEPT",
      ],
      "filter OUTPUT": [],
    });
  });

  it.each(["-A INPUT -j ACCEPT\n", "*filter\nnonsense\nCOMMIT\n"])("names the malformed line of %j", (text) => {
    expect(parseIptables(text).malformed).toBeDefined();
  });
});

describe("compareFirewall", () => {
  const places = (...lines: readonly string[]) =>
    parseNft(`table inet f {\n chain c {\n${lines.join("\n")}\n }\n}\n`).places;

  it("finds nothing between a rule set and itself", () => {
    const same = places("tcp dport 22 accept", "tcp flags & (fin | syn) == syn drop");
    expect(compareFirewall(same, same)).toEqual({ running: [], persisted: [], unresolved: [] });
  });

  it("names the rules that stand on one side alone", () => {
    expect(
      compareFirewall(places("tcp dport 22 accept", "tcp dport 4444 accept"), places("tcp dport 22 accept", "drop")),
    ).toEqual({
      running: ["inet f c: tcp dport 4444 accept"],
      persisted: ["inet f c: drop"],
      unresolved: [],
    });
  });

  it("sees that the order changed", () => {
    const { running, persisted } = compareFirewall(places("drop", "accept"), places("accept", "drop"));
    expect(running).toEqual(["inet f c: drop", "inet f c: accept"]);
    expect(persisted).toEqual(["inet f c: accept", "inet f c: drop"]);
  });

  it("is not sure of what may be two spellings of the same", () => {
    const found = compareFirewall(
      places("tcp flags & (fin | syn) == syn drop"),
      places("tcp flags syn / fin,syn drop"),
    );
    expect(found).toMatchObject({ running: [], persisted: [] });
    expect(found.unresolved).not.toEqual([]);
  });

  it("is sure of a rule too many, however it is written", () => {
    expect(compareFirewall(places("drop", "tcp flags & (fin | syn) == syn drop"), places("drop")).running).toHaveLength(
      1,
    );
  });

  it("leaves out what others keep there", () => {
    const kept = withoutForeign(
      parseNft(
        "table inet f {\n chain c {\n jump DOCKER-USER\n accept\n }\n chain DOCKER-USER {\n }\n}\ntable inet f2b-table {\n chain x {\n }\n}\n",
      ).places,
    );
    expect(Object.fromEntries(kept)).toEqual({ "inet f": [], "inet f c": [{ text: "accept", plain: true }] });
  });

  it("takes nothing for others' by a name that only begins like theirs", () => {
    const nft =
      "table inet docker-extra {\n chain x {\n accept\n }\n}\ntable inet docker-bridges {\n chain x {\n accept\n }\n}\n";
    expect([...withoutForeign(parseNft(nft).places).keys()]).toEqual(["inet docker-extra", "inet docker-extra x"]);
    const iptables =
      "*filter\n:DOCKER-USER - [0:0]\n:crowdsec - [0:0]\n:firewalld - [0:0]\n-A DOCKER-USER -s 10.0.0.1 -j ACCEPT\n-A DOCKER-USER -j RETURN\nCOMMIT\n";
    expect([...withoutForeign(parseIptables(iptables).places).keys()]).toEqual([
      "filter DOCKER-USER",
      "filter firewalld",
    ]);
    const untouched = "*filter\n:DOCKER-USER - [0:0]\n-A DOCKER-USER -j RETURN\nCOMMIT\n";
    expect([...withoutForeign(parseIptables(untouched).places).keys()]).toEqual([]);
  });
});
