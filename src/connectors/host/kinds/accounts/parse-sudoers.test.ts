import { describe, expect, it } from "vitest";
import { parseSudoers } from "./parse-sudoers.ts";

const ALL = [{ hostname: "ALL" }];
const ADA = [{ username: "ada" }];

const sudoers = (document: unknown) => parseSudoers(Buffer.from(JSON.stringify(document)));
/** The ids of one rule for whoever is given. */
const idsOf = (spec: Readonly<Record<string, unknown>>) => [...rules([spec]).keys()];
const rules = (specs: readonly Readonly<Record<string, unknown>>[]) =>
  sudoers({
    User_Specs: specs.map(({ users = ADA, hosts = ALL, ...rest }) => ({
      User_List: users,
      Host_List: hosts,
      Cmnd_Specs: [{ Commands: [{ command: "/bin/a" }], ...rest }],
    })),
  }) ?? new Map();

describe("parseSudoers", () => {
  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ["root where nobody else is named", {}, ["ada ALL=(root) /bin/a"]],
    [
      "users and groups",
      { runasusers: [{ username: "ALL" }], runasgroups: [{ usergroup: "#7" }] },
      ["ada ALL=(ALL:#7) /bin/a"],
    ],
    ["groups alone", { runasgroups: [{ usergroup: "adm" }] }, ["ada ALL=(:adm) /bin/a"]],
    ["a group that asks", { users: [{ usergroup: "sudo" }] }, ["group:sudo ALL=(root) /bin/a"]],
    ["numbers", { users: [{ userid: 7 }, { usergid: 8 }] }, ["#7 ALL=(root) /bin/a", "group:#8 ALL=(root) /bin/a"]],
    ["a netgroup", { users: [{ netgroup: "ops" }] }, ["+ops ALL=(root) /bin/a"]],
    [
      "members that take from others together",
      { users: [{ usergroup: "ops" }, { username: "eve", negated: true }] },
      ["group:ops,!eve ALL=(root) /bin/a"],
    ],
    [
      "each command alone, a forbidden one with !",
      { Commands: [{ command: "ALL" }, { command: "/bin/su", negated: true }] },
      ["ada ALL=(root) ALL", "ada ALL=(root) !/bin/su"],
    ],
    [
      "a % that begins no encoded byte",
      { Commands: [{ command: "/bin/date +%s" }] },
      ["ada ALL=(root) /bin/date +%25s"],
    ],
    [
      "lists in order where order has no meaning",
      { hosts: [{ hostname: "web2" }, { networkaddr: "10.0.0.0/8" }], runasusers: [{ username: "b" }, { userid: 12 }] },
      ["ada 10.0.0.0/8,web2=(#12,b) /bin/a"],
    ],
    [
      "lists as they stand where order has",
      { runasusers: [{ username: "ALL" }, { username: "root", negated: true }] },
      ["ada ALL=(ALL,!root) /bin/a"],
    ],
  ])("names %s", (_, spec, ids) => {
    expect(idsOf(spec)).toEqual(ids);
  });

  it("reads tags, further options and checksums", () => {
    const [rule] = rules([
      {
        Options: [
          { runcwd: "/tmp" },
          { command_timeout: 300 },
          { authenticate: false },
          { noexec: true },
          { setenv: true },
        ],
        Commands: [{ command: "/bin/a", sha224: "0a" }],
      },
    ]).values();
    expect(rule).toEqual({
      user: "ada",
      hosts: "ALL",
      run_as: "root",
      command: "/bin/a",
      nopasswd: true,
      setenv: true,
      noexec: true,
      overridden: false,
      options: { command_timeout: "300", runcwd: "/tmp" },
      digests: ["sha224:0a"],
    });
  });

  it("reads options that are printed without braces", () => {
    const text = `{ "User_Specs": [ { "User_List": [ { "username": "ada" } ], "Host_List": [ { "hostname": "ALL" } ],
      "Cmnd_Specs": [ { "Options": [
                        "runcwd": "/tmp",
                        { "authenticate": false }
        ], "Commands": [ { "command": "/bin/a" } ] } ] } ] }`;
    const rule = parseSudoers(Buffer.from(text))?.get("ada ALL=(root) /bin/a");
    expect(rule).toMatchObject({ nopasswd: true, options: { runcwd: "/tmp" } });
  });

  it.each<[string, readonly Readonly<Record<string, unknown>>[], Readonly<Record<string, boolean>>]>([
    [
      "a later ALL with other tags",
      [{ Options: [{ authenticate: false }] }, { Commands: [{ command: "ALL" }] }],
      { "/bin/a": true, ALL: false },
    ],
    ["a later ALL that says the same", [{}, { Commands: [{ command: "ALL" }] }], { "/bin/a": false, ALL: false }],
    [
      "a later ALL, where a command was forbidden",
      [{ Commands: [{ command: "/bin/su", negated: true }] }, { Commands: [{ command: "ALL" }] }],
      { "!/bin/su": true, ALL: false },
    ],
    [
      "nothing that stands before it",
      [{ Commands: [{ command: "ALL" }] }, { Commands: [{ command: "/bin/su", negated: true }] }],
      { "!/bin/su": false, ALL: false },
    ],
    [
      "nothing of another user",
      [{ Options: [{ noexec: true }] }, { users: [{ username: "bob" }], Commands: [{ command: "ALL" }] }],
      { "/bin/a": false },
    ],
  ])("says that a rule is overridden by %s", (_, specs, overridden) => {
    const seen = Object.fromEntries(Array.from(rules(specs).values(), (rule) => [rule["command"], rule["overridden"]]));
    expect(seen).toMatchObject(overridden);
  });

  it.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ["a group of the user", { users: [{ usergroup: "sudo" }], Options: [{ authenticate: false }] }, true],
    ["a group of others", { users: [{ usergroup: "adm" }], Options: [{ authenticate: false }] }, false],
    ["everybody", { users: [{ username: "ALL" }], Options: [{ authenticate: false }] }, true],
    ["the user as whoever", { runasusers: [{ username: "ALL" }], Options: [{ authenticate: false }] }, true],
    ["the user as another", { runasusers: [{ username: "bob" }], Options: [{ authenticate: false }] }, false],
    ["the user on one host", { hosts: [{ hostname: "web" }], Options: [{ authenticate: false }] }, false],
  ])("lets a later rule of %s override those that it holds", (_, later, overridden) => {
    const document = {
      User_Specs: [{}, later].map(({ users = ADA, hosts = ALL, ...rest }: Readonly<Record<string, unknown>>) => ({
        User_List: users,
        Host_List: hosts,
        Cmnd_Specs: [{ Commands: [{ command: "/bin/a" }], ...rest }],
      })),
    };
    const groupsOf = (user: string) => (user === "ada" ? ["sudo"] : []);
    const found = parseSudoers(Buffer.from(JSON.stringify(document)), groupsOf);
    expect(found?.get("ada ALL=(root) /bin/a")).toMatchObject({ overridden });
  });

  it("lets the last of two equal rules decide, as sudo does", () => {
    const twice = rules([{ Options: [{ authenticate: false }] }, {}]);
    expect([...twice.values()]).toMatchObject([{ nopasswd: false, overridden: false }]);
  });

  it("gathers Defaults by what they are bound to, and works lists out", () => {
    const line = (option: unknown, binding?: unknown) => ({
      Options: [option],
      ...(binding === undefined ? {} : { Binding: [binding] }),
    });
    const defaults = sudoers({
      Defaults: [
        line({ env_reset: true }),
        line({ env_reset: false }),
        line({ secure_path: "/b:/a" }),
        line({ operation: "list_add", env_keep: ["A", "B"] }),
        line({ operation: "list_remove", env_keep: ["B", "C"] }),
        line({ operation: "list_assign", env_check: ["A"] }),
        line({ operation: "list_add", env_check: ["B"] }),
        line({ authenticate: false }, { username: "ada" }),
        line({ requiretty: true }, { usergroup: "ops" }),
        line({ log_output: true }, { hostname: "web1" }),
        line({ noexec: true }, { command: "/bin/ls" }),
      ],
    });
    expect(Object.fromEntries(defaults ?? [])).toEqual({
      defaults: {
        settings: { env_reset: "false", secure_path: "/b:/a", env_keep: ["+A", "-B", "-C"], env_check: ["A", "B"] },
      },
      "defaults:ada": { settings: { authenticate: "false" } },
      "defaults:group:ops": { settings: { requiretty: "true" } },
      "defaults@web1": { settings: { log_output: "true" } },
      "defaults!/bin/ls": { settings: { noexec: "true" } },
    });
  });

  it("takes whom commands are run as from Defaults, where a rule does not say", () => {
    const parsed = sudoers({
      Defaults: [{ Options: [{ runas_default: "ops" }] }],
      User_Specs: [{ User_List: ADA, Host_List: ALL, Cmnd_Specs: [{ Commands: [{ command: "ALL" }] }] }],
    });
    expect(parsed?.has("ada ALL=(ops) ALL")).toBe(true);
  });

  it("finds no rule in a file without any", () => {
    expect(parseSudoers(Buffer.from(""))?.size).toBe(0);
  });

  it.each(["{", "[]", '{ "User_Specs": [ { "User_List": [ ] "Host_List": [] } ] }', '{ "User_Specs": [ {} ] }'])(
    "says that %j is malformed",
    (text) => {
      expect(parseSudoers(Buffer.from(text))).toBeUndefined();
    },
  );
});
