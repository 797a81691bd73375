import { describe, expect, it } from "vitest";
import type { ParsedInventory } from "./inventory.ts";
import { parseIniInventory } from "./parse-ini.ts";
import { parseJsonInventory } from "./parse-json.ts";
import { parseYamlInventory } from "./parse-yaml.ts";
import { selectHosts } from "./select-hosts.ts";

const INI = `# the fleet
gate ansible_connection=local   # this machine
[web]
web[01:02].example.com ansible_user=scan ansible_ssh_common_args='-J gate@bastion'
app:2222 ansible_host=10.0.0.7 note="two words"

[web:vars]
ansible_port = 22   # as everywhere
tier="front"

[db]
[2001:db8::1]:2200

[prod:children]
web
db

[prod:vars]
ansible_become=true
tier=back

[all:vars]
ansible_user=root
`;

const YAML = `all:
  vars: { ansible_user: root }
  hosts:
    gate: { ansible_connection: local }
  children:
    prod:
      vars: { ansible_become: true, tier: back }
      children:
        web:
          hosts:
            web[01:02].example.com: { ansible_user: scan, ansible_ssh_common_args: "-J gate@bastion" }
            app:2222: { ansible_host: 10.0.0.7, note: two words }
          vars:
            ansible_port: 22
            tier: front
        db:
          hosts:
            "[2001:db8::1]:2200":
`;

const JSON_TEXT = JSON.stringify({
  _meta: {
    hostvars: {
      gate: { ansible_connection: "local" },
      "web01.example.com": { ansible_user: "scan", ansible_ssh_common_args: "-J gate@bastion" },
      "web02.example.com": { ansible_user: "scan", ansible_ssh_common_args: "-J gate@bastion" },
      app: { ansible_port: 2222, ansible_host: "10.0.0.7", note: "two words" },
      "2001:db8::1": { ansible_port: 2200 },
    },
  },
  all: { vars: { ansible_user: "root" }, hosts: ["gate"], children: ["prod"] },
  prod: { children: ["web", "db"], vars: { ansible_become: true, tier: "back" } },
  web: { hosts: ["web01.example.com", "web02.example.com", "app"], vars: { ansible_port: 22, tier: "front" } },
  db: ["2001:db8::1"],
});

function selected({ inventory, mistakes }: ParsedInventory, groups?: readonly string[]) {
  expect(mistakes).toEqual([]);
  const selection = selectHosts(inventory, groups);
  expect(selection.mistakes).toEqual([]);
  return Object.fromEntries(
    selection.hosts.map(({ name, vars }) => [
      name,
      Object.fromEntries(Array.from(vars, ([key, { value }]) => [key, String(value)])),
    ]),
  );
}

const FORMATS = [
  ["INI", () => parseIniInventory(INI, "hosts")],
  ["YAML", () => parseYamlInventory(YAML, "hosts.yml")],
  ["JSON", () => parseJsonInventory(JSON_TEXT, "list")],
] as const;

describe.each(FORMATS)("an inventory in %s", (_, parse) => {
  it("gives every host its variables: the inner group before the outer, the host before all", () => {
    const web = { tier: "front", ansible_become: "true" };
    const front = { ...web, ansible_port: "22", ansible_user: "scan", ansible_ssh_common_args: "-J gate@bastion" };
    expect(selected(parse())).toEqual({
      gate: { ansible_user: "root", ansible_connection: "local" },
      "web01.example.com": front,
      "web02.example.com": front,
      app: { ...web, ansible_user: "root", ansible_port: "2222", ansible_host: "10.0.0.7", note: "two words" },
      "2001:db8::1": { ansible_user: "root", ansible_become: "true", tier: "back", ansible_port: "2200" },
    });
  });

  it.each([
    [["db"], ["2001:db8::1"]],
    [["prod"], ["web01.example.com", "web02.example.com", "app", "2001:db8::1"]],
    [["all"], ["gate", "web01.example.com", "web02.example.com", "app", "2001:db8::1"]],
  ])("gives of the groups %j the hosts %j", (groups, hosts) => {
    expect(Object.keys(selected(parse(), groups)).sort()).toEqual([...hosts].sort());
  });

  it("has no group that nobody made", () => {
    expect(selectHosts(parse().inventory, ["prd"])).toEqual({
      hosts: [],
      mistakes: [{ message: 'it has no group "prd"', hint: 'Did you mean "prod"?' }],
    });
  });
});

describe("a wrong inventory", () => {
  it.each([
    ["[web\na", [{ line: 1, message: "it is no section" }]],
    ["[web:hosts:x]\na", [{ line: 1, message: "it is no section" }]],
    ["\n[a:children]\nb", [{ line: 3, message: '"[a:children]" names group "b", which is nowhere' }]],
    ["[a:vars]\nx=1", [{ line: 1, message: '"[a:vars]" names group "a", which is nowhere' }]],
    ["a b", [{ line: 1, message: "a variable of a host must be NAME=VALUE" }]],
    ["a b='c", [{ line: 1, message: "a quote is left open" }]],
    ["ok\na[2:1]", [{ line: 2, message: '"a[2:1]" is no range of hosts: it ends before it starts' }]],
    ["[a]\n[a:vars]\nx", [{ line: 3, message: "a variable must be NAME=VALUE" }]],
    ["[a]\n[b:children]\na c", [{ line: 3, message: "it must be the name of one group" }]],
  ])("in INI is told with its line: %j", (text, mistakes) => {
    expect(parseIniInventory(text, "hosts").mistakes).toMatchObject(mistakes);
  });

  it.each([
    ["- a", [{ line: 1, message: "it must be a map of groups" }]],
    ["plugin: aws_ec2", [{ line: 1, message: "it is the configuration of a plug-in and no list of hosts" }]],
    ["web:\n  host: {a: }", [{ line: 2, message: 'group "web" has no key "host"' }]],
    ["web:\n  hosts: [a]", [{ line: 2, message: '"hosts" of group "web" must be a map' }]],
    ["web:\n  hosts:\n    a: 1", [{ line: 3, message: 'host "a" must hold a map of variables, or nothing' }]],
    ["web: 1", [{ line: 1, message: 'group "web" must be a map of hosts, children and vars' }]],
    ["web:\n  hosts: {'a[2:1]': }", [{ line: 2, message: '"a[2:1]" is no range of hosts: it ends before it starts' }]],
    ["a:\nb: {}\n--- \nc:", [{ line: 4, message: "only the first document of an inventory is read" }]],
    ["web: [", [{ line: 1 }]],
  ])("in YAML is told with its line: %j", (text, mistakes) => {
    expect(parseYamlInventory(text, "hosts.yml").mistakes).toMatchObject(mistakes);
  });

  it.each([
    ["nothing", [{ message: "it is no JSON object" }]],
    ["[]", [{ message: "it is no JSON object" }]],
    ["{}", [{ message: 'it has no "_meta.hostvars"' }]],
    ['{"_meta":{"hostvars":{"a":1}}}', [{ message: 'the variables of host "a" must be a map' }]],
    ['{"_meta":{"hostvars":{}},"web":1}', [{ message: 'group "web" must be a list of hosts, or a map' }]],
    ['{"_meta":{"hostvars":{}},"web":{"hosts":"a"}}', [{ message: '"hosts" of group "web" must be a list of names' }]],
  ])("in JSON is told: %j", (text, mistakes) => {
    expect(parseJsonInventory(text, "list").mistakes).toMatchObject(mistakes);
  });

  it("may hold no host, or a group that holds itself", () => {
    expect(selectHosts(parseIniInventory("", "hosts").inventory).mistakes).toEqual([{ message: "it names no host" }]);
    const { inventory } = parseIniInventory("[a]\nx\n[a:children]\nb\n[b:children]\na", "hosts");
    expect(selectHosts(inventory).mistakes).toEqual([{ message: 'group "a" holds itself: a in b in a' }]);
  });
});

describe("groups of equal depth", () => {
  const text = (more: string) => `[a]\nx\n[b]\nx\n[a:vars]\nv=a\n${more}\n[b:vars]\nv=b\n`;

  it("are laid over each other by name, and before that by priority", () => {
    expect(selected(parseIniInventory(text(""), "hosts"))).toMatchObject({ x: { v: "b" } });
    expect(selected(parseIniInventory(text("ansible_group_priority=10"), "hosts"))).toMatchObject({ x: { v: "a" } });
  });
});

describe("parseYamlInventory", () => {
  it("takes what Ansible encrypts, or calls no template, for values like any other", () => {
    const text =
      "all:\n  vars:\n    secret: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162\n    text: !unsafe 'x'\n  hosts: { a: }\n";
    const { inventory, mistakes } = parseYamlInventory(text, "hosts.yml");
    expect(mistakes).toEqual([]);
    expect([...inventory.hosts.keys()]).toEqual(["a"]);
  });
});
