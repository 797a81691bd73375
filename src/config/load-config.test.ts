import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Connector } from "../connector.ts";
import { KnownError } from "../errors.ts";
import { kindCatalog } from "../model/facts.ts";
import { getOwn } from "../model/json.ts";
import { type LoadedConfig, loadConfig } from "./load-config.ts";

/** As a connector is written, but for a system that does not exist. */
const LAB: Connector = {
  name: "lab",
  settings: z.strictObject({
    hosts: z.array(z.string().min(1)).default(["local"]),
    port: z.int().min(1).max(65535).optional(),
    password: z.string().optional(),
    token: z
      .string()
      .regex(/^t-/, { error: ({ input }) => `not a token: ${String(input)}` })
      .optional(),
    note: z.union([z.string(), z.strictObject({ text: z.string() })]).optional(),
    label: z
      .string()
      .refine((text) => text === "x", { error: ({ input }) => `unknown label ${String(input)}` })
      .optional(),
  }),
  kinds: kindCatalog([
    {
      kind: "lab/file",
      summary: "A file",
      id: { description: "path", example: "/etc/hosts" },
      attributes: [
        { path: "/mode", type: "string", description: "Mode" },
        { path: "/acl", type: "object", description: "Rights" },
      ],
      emptyIs: "value",
      read: "nothing",
    },
    {
      kind: "lab/user",
      summary: "A user",
      id: { description: "name", example: "root" },
      attributes: [{ path: "/uid", type: "integer", description: "Id" }],
      emptyIs: "value",
      read: "nothing",
    },
  ]),
  formats: { goss: { files: /goss/, read: () => [] } },
  permissions: () => [],
  open: () => Promise.reject(new Error("there is no such system")),
};

/** One whose kinds are only known live. */
const LIVE: Connector = { name: "live", settings: z.strictObject({}), permissions: () => [], open: LAB.open };

const CONNECTORS = new Map([LAB, LIVE].map((connector) => [connector.name, connector]));

let dir: string;
let count = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "leeway-config-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

async function write(files: string | Files): Promise<string> {
  const folder = join(dir, String(count++));
  for (const [name, text] of Object.entries(typeof files === "string" ? { "leeway.yaml": files } : files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return join(folder, "leeway.yaml");
}

async function load(files: string | Files, env: Files = {}): Promise<LoadedConfig> {
  return loadConfig({ file: await write(files), env, connectors: CONNECTORS });
}

async function failure(loading: Promise<LoadedConfig>): Promise<KnownError> {
  const error: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof KnownError)) throw new Error(`Expected a KnownError, got ${String(error)}`);
  expect(error.code).toBe("CONFIG_INVALID");
  return error;
}

/** `LINE:COLUMN message (hint)`, the file before it where it is not leeway.yaml. */
async function mistakesOf(files: string | Files, env: Files = {}): Promise<readonly string[]> {
  const { problems } = await failure(load(files, env));
  return problems.map(({ file, line, column, message, hint }) => {
    const name = file.split("/").at(-1) === "leeway.yaml" ? "" : `${file.split("/").at(-1)} `;
    return `${name}${line}:${column} ${message}${hint === undefined ? "" : ` (${hint})`}`;
  });
}

const MINIMAL = "version: 1\ntargets:\n  a: { connector: lab, desired: d }\n";
/** A target with more members. */
const target = (members: string) => `version: 1\ntargets:\n  a: { connector: lab, desired: d, ${members} }\n`;

describe("loadConfig", () => {
  it("fills in every default", async () => {
    const { config } = await load(MINIMAL);
    expect(config).toEqual({
      version: 1,
      targets: {
        a: {
          connector: "lab",
          settings: { hosts: ["local"] },
          desired: { path: "d", format: "leeway" },
          mode: "observe",
          watch: false,
          grace: "0s",
          criticality: "normal",
        },
      },
      ignore: [],
      rules: [],
      notify: {},
      store: { path: ".leeway/state.db", retention: "400d" },
    });
  });

  it("reads every key", async () => {
    const { config } = await load(`# yaml-language-server: $schema=./leeway.schema.json
version: 1
store: { path: state.db, retention: 30d }
notify: {}
targets:
  edge:
    connector: lab
    settings: { hosts: [one, two], port: 22 }
    desired: { git: "https://example.com/r.git", ref: main, path: sub, format: goss }
    scope: { include: ["lab/file:/etc/**", "lab/*"], exclude: ["lab/file:/etc/mtab"] }
    mode: observe
    schedule: 1h30m
    watch: true
    grace: 5m
    criticality: high
ignore:
  - { target: "ed*", at: "*", kind: lab/file, id: "/tmp/**", path: /acl/x, drift: changed, reason: temporary, until: 2099-03-01 }
rules:
  - id: own/rule
    kinds: lab/file
    paths: [/mode]
    drift: changed
    when: change.after != "\${x}"
    severity: critical
    type: security
    title: "{id} is \${open}"
    controls: [{ framework: CIS, id: 5.1 }]
    examples:
      fires: [{ kind: lab/file, id: /x, desired: { mode: "0600" }, actual: { mode: "0644", __proto__: 1 } }]
`);
    expect(getOwn(config.targets, "edge")).toMatchObject({
      settings: { hosts: ["one", "two"], port: 22 },
      desired: { git: "https://example.com/r.git", ref: "main", path: "sub", format: "goss" },
      scope: { include: ["lab/file:/etc/**", "lab/*"], exclude: ["lab/file:/etc/mtab"] },
      schedule: "1h30m",
      criticality: "high",
    });
    expect(config.ignore).toHaveLength(1);
    expect(config.rules[0]).toMatchObject({
      kinds: ["lab/file"],
      drift: ["changed"],
      // Rules are not filled in.
      title: `{id} is $\{open}`,
      when: `change.after != "$\{x}"`,
      controls: [{ framework: "CIS", id: "5.1" }],
    });
    expect(Object.keys(config.rules[0]?.examples?.fires[0]?.actual ?? {})).toEqual(["mode", "__proto__"]);
  });

  it("takes a section that holds comments only as empty", async () => {
    const { config } = await load(`${MINIMAL}ignore:\n  # - { kind: lab/user }\nrules:\n`);
    expect(config).toMatchObject({ ignore: [], rules: [] });
  });

  it("says where rules and ignore rules stand, over all files", async () => {
    const rule = (id: string) => `{ id: ${id}, kinds: lab/file, severity: warning, type: cost, title: t }`;
    const loaded = await load({
      "leeway.yaml": `${MINIMAL}include: [more.yaml]\nrules:\n  - ${rule("one")}\n`,
      "more.yaml": `rules:\n  - ${rule("two")}\n  - ${rule("three")}\nignore:\n  - { kind: lab/user, reason: r }\n`,
    });
    expect(loaded.config.rules.map(({ id }) => id)).toEqual(["one", "two", "three"]);
    expect(loaded.ruleOrigin(0)).toMatchObject({ file: loaded.file, line: 6, column: 5 });
    expect(loaded.ruleOrigin(2)).toMatchObject({ file: expect.stringMatching(/more\.yaml$/), line: 3 });
    expect(loaded.ignoreOrigin(0)).toMatchObject({ file: expect.stringMatching(/more\.yaml$/), line: 5 });
  });
});

describe("defaults", () => {
  it("stand in for what a target leaves out, member by member in settings, desired and scope", async () => {
    const { config } = await load(`version: 1
defaults:
  connector: lab
  settings: { hosts: [one], port: 22 }
  desired: { git: "file:///r", path: all }
  scope: { include: [lab/user] }
  grace: 5m
targets:
  a: { desired: mine, settings: { port: 23 }, scope: { exclude: ["lab/user:root"] } }
  b: { grace: 1m, scope: { include: [lab/file] } }
  c: { connector: live }
`);
    expect(getOwn(config.targets, "a")).toMatchObject({
      settings: { hosts: ["one"], port: 23 },
      desired: { git: "file:///r", path: "mine" },
      scope: { include: ["lab/user"], exclude: ["lab/user:root"] },
      grace: "5m",
    });
    expect(getOwn(config.targets, "b")).toMatchObject({
      desired: { path: "all" },
      scope: { include: ["lab/file"], exclude: [] },
      grace: "1m",
    });
    // Settings of one connector mean nothing to another.
    expect(getOwn(config.targets, "c")).toMatchObject({ connector: "live", settings: {} });
  });

  it("are blamed once, where they stand, for what they give to many targets", async () => {
    expect(
      await mistakesOf(`version: 1
defaults: { connector: lab, desired: d, grace: soon, modee: observe, settings: { prt: 1 } }
targets: { a: {}, b: {} }
`),
    ).toEqual([
      '2:48 "grace" must be a duration such as 30d, 1h30m or 250ms, found "soon"',
      '2:54 Unknown key "modee" (Did you mean "mode"?)',
      '2:82 Unknown key "prt" (Did you mean "port"?)',
    ]);
  });
});

describe("include", () => {
  it("adds targets, ignore rules and rules of files in other folders, and of what those include", async () => {
    const loaded = await load({
      "leeway.yaml": "version: 1\ndefaults: { connector: lab }\ninclude: [sub/one.yaml]\n",
      "sub/one.yaml": "include: [../two.yaml]\ntargets: { a: { desired: d } }\n",
      "two.yaml": "version: 1\ntargets: { b: { desired: e } }\nignore: [{ kind: lab/user, reason: r }]\n",
    });
    expect(Object.keys(loaded.config.targets)).toEqual(["a", "b"]);
    expect(loaded.files.map((file) => file.slice(dirname(loaded.file).length + 1))).toEqual([
      "leeway.yaml",
      "sub/one.yaml",
      "two.yaml",
    ]);
  });

  it("reports what is wrong with it where it is named, and what is wrong inside it there", async () => {
    expect(
      await mistakesOf({
        "leeway.yaml": `${MINIMAL}include: [gone.yaml, bad.yaml, /abs.yaml, twice.yaml, twice.yaml, cycle.yaml, broken.yaml, empty.yaml]\n`,
        "bad.yaml": "store: {}\ntargets: { a: { connector: lab, desired: d } }\n",
        "twice.yaml": "rules: []\n",
        "cycle.yaml": "include: [leeway.yaml]\n",
        "broken.yaml": "a: [\n",
        "empty.yaml": "# nothing\n",
      }),
    ).toEqual([
      expect.stringMatching(/^4:11 Cannot read ".*gone\.yaml": no such file \(A path in include starts at/),
      expect.stringMatching(/^4:32 Cannot include "\/abs\.yaml": it is not a relative path/),
      expect.stringMatching(/^4:55 Cannot include "twice\.yaml": it is included already/),
      expect.stringMatching(/^4:92 Cannot load ".*empty\.yaml": it is empty/),
      'bad.yaml 1:1 Unknown key "store" (Known keys are version, include, targets, ignore, rules)',
      expect.stringMatching(/^bad\.yaml 2:12 Target "a" is declared already, at .*leeway\.yaml:3/),
      'cycle.yaml 1:11 Cannot include "leeway.yaml": it includes this file in turn (Remove one of the two)',
      expect.stringContaining("broken.yaml 2:1 A closing bracket"),
    ]);
  });
});

describe("values from outside", () => {
  it("are filled into settings, desired and store, not into rules, ignore rules and scopes", async () => {
    const { config, secrets } = await load(
      {
        "leeway.yaml": `version: 1
store: { path: "\${STATE}/state.db" }
targets:
  a:
    connector: lab
    settings: { hosts: ["\${USER_NAME}@\${HOST}"], password: "\${file:secrets/pw}" , note: "$\${HOME} costs $5" }
    desired: { git: "https://\${TOKEN}@example.com/r.git" }
    scope: { include: ["lab/file:/\${x}"] }
ignore: [{ id: "\${id}", reason: "\${reason}" }]
`,
        "secrets/pw": "hunter2\n",
      },
      { STATE: "/var/lib", USER_NAME: "scan", HOST: "web", TOKEN: `$\{HOST}` },
    );
    expect(config.store.path).toBe("/var/lib/state.db");
    expect(getOwn(config.targets, "a")).toMatchObject({
      settings: { hosts: ["scan@web"], password: "hunter2", note: `$\{HOME} costs $5` },
      // What was filled in is not read again.
      desired: { git: `https://$\{HOST}@example.com/r.git` },
      scope: { include: [`lab/file:/$\{x}`] },
    });
    expect(config.ignore[0]).toMatchObject({ id: `$\{id}`, reason: `$\{reason}` });
    expect([...secrets].sort()).toEqual([`$\{HOST}`, "/var/lib", "hunter2", "scan", "web"]);
  });

  it("are an error with a position when they are not there", async () => {
    expect(
      await mistakesOf(`version: 1
targets:
  a:
    connector: lab
    desired: d
    settings:
      hosts: ["\${NOT_SET}", "\${file:gone}", "\${A-b}", "\${open", "\${constructor}"]
`),
    ).toEqual([
      expect.stringMatching(/^7:15 Environment variable "NOT_SET" is not set/),
      expect.stringMatching(/^7:29 Cannot read "gone": no such file/),
      expect.stringMatching(/^7:45 "\$\{A-b\}" is no reference/),
      expect.stringMatching(/^7:55 "\$\{open" is no reference/),
      expect.stringMatching(/^7:65 Environment variable "constructor" is not set/),
    ]);
  });

  it("take an empty variable as set, and never a number out of a text", async () => {
    expect(
      getOwn((await load(target(`settings: { password: "\${EMPTY}" }`), { EMPTY: "" })).config.targets, "a")?.settings,
    ).toMatchObject({ password: "" });
    expect(await mistakesOf(target(`settings: { port: "\${PORT}" }`), { PORT: "2299" })).toEqual([
      '3:54 "port" must be a number, found a value that is not shown',
    ]);
  });

  it("appear in no message, whoever wrote it", async () => {
    const error = await failure(
      load(target(`settings: { token: "\${SECRET}", label: "\${SECRET}", hosts: "\${SECRET}" }, grace: 1x`), {
        SECRET: "hunter2",
      }),
    );
    const everything = JSON.stringify([error.message, error.hint, error.problems]);
    expect(everything).not.toContain("hunter2");
    expect(error.problems.map(({ message }) => message)).toContain('"label": unknown label ***');
  });

  it("show no line on which a secret was written into the file itself", async () => {
    const { problems } = await failure(load(target("settings: { password: [hunter2] }")));
    expect(problems.map(({ message }) => message)).toEqual([
      '"password" must be a text, found a value that is not shown',
    ]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });
});

describe("mistakes of form", () => {
  it.each([
    ["an unknown key", `${MINIMAL}ignored: []`, ['4:1 Unknown key "ignored" (Did you mean "ignore"?)']],
    ["a missing version", "targets: { a: { connector: lab, desired: d } }", ['1:1 "version" is missing']],
    ["another version", MINIMAL.replace("1", "2"), ['1:10 "version" must be 1, found 2']],
    ["no target", "version: 1", [expect.stringMatching(/^1:1 No target is declared \(.*`leeway init`\)$/)]],
    ["targets without a value", "version: 1\ntargets:", [expect.stringMatching(/^2:1 No target is declared/)]],
    ["an empty map of targets", "version: 1\ntargets: {}", [expect.stringMatching(/^2:1 No target is declared/)]],
    ["a list of targets", "version: 1\ntargets: [a]", ['2:10 "targets" must be a map, found a list']],
    [
      "a name of a target",
      "version: 1\ntargets: { a/b: { connector: lab, desired: d } }",
      [expect.stringMatching(/^2:12 "a\/b" is no name for a target/)],
    ],
    [
      "the name __proto__",
      "version: 1\ntargets: { __proto__: { connector: lab, desired: d } }",
      [expect.stringMatching(/^2:12 "__proto__" is no name for a target/)],
    ],
    ["a target that is a text", "version: 1\ntargets: { a: lab }", ['2:15 "a" must be a map, found "lab"']],
    [
      "a missing connector and desired",
      "version: 1\ntargets:\n  a: {}",
      ['3:3 "connector" is missing', '3:3 "desired" is missing'],
    ],
    [
      "an unknown connector",
      target("").replace("lab", "lba"),
      ['3:19 No connector is named "lba" (Did you mean "lab"?)'],
    ],
    ["an unknown mode", target("mode: enforce"), ['3:42 "mode" must be "observe", found "enforce"']],
    [
      "a misspelt word",
      target("criticality: hihg"),
      ['3:49 "criticality" must be one of "low", "normal", "high", found "hihg" (Did you mean "high"?)'],
    ],
    [
      "a number for a text",
      target("schedule: 60"),
      ['3:46 "schedule" must be a text, found 60 (Write it in quotes: "60")'],
    ],
    ["no value", target("grace: "), ['3:36 "grace" must be a text, found nothing']],
    [
      "a duration",
      target("schedule: hourly"),
      ['3:46 "schedule" must be a duration such as 30d, 1h30m or 250ms, found "hourly"'],
    ],
    [
      "a desired source",
      target("").replace("desired: d", "desired: [d]"),
      ['3:33 "desired" must be a text or a map, found a list'],
    ],
    [
      "a key of a desired source",
      target("").replace("desired: d", "desired: { pth: d }"),
      ['3:35 Unknown key "pth" (Did you mean "path"?)'],
    ],
    ["an empty path", target("").replace("desired: d", 'desired: ""'), ['3:33 "desired" must not be empty']],
    [
      "an unknown format",
      target("").replace("desired: d", "desired: { format: gos }"),
      ['3:43 Connector "lab" reads no format "gos" (Did you mean "goss"?)'],
    ],
    ["a setting", target("settings: { hosts: local }"), ['3:55 "hosts" must be a list, found "local"']],
    [
      "an item of a setting",
      target("settings: { hosts: [a, 7] }"),
      ['3:59 Item 2 of "hosts" must be a text, found 7 (Write it in quotes: "7")'],
    ],
    [
      "a key named __proto__",
      target("settings: { __proto__: 1 }"),
      [expect.stringMatching(/^3:48 Unknown key "__proto__"/)],
    ],
    [
      "a setting out of bounds",
      target("settings: { port: 70000 }"),
      ['3:54 "port" must be at most 65535, found 70000'],
    ],
    [
      "a setting of several forms",
      target("settings: { note: { txt: a } }"),
      ['3:56 "text" is missing'.replace("3:56", "3:48"), '3:56 Unknown key "txt" (Did you mean "text"?)'],
    ],
    ["settings that are no map", target("settings: x"), ['3:46 "settings" must be a map, found "x"']],
    [
      "a misspelt kind in a scope",
      target('scope: { include: ["lab/fle:/etc/**"] }'),
      ['3:55 No kind of connector "lab" matches "lab/fle" (Did you mean "lab/file:/etc/**"?)'],
    ],
    [
      "a path for a scope",
      target('scope: { exclude: ["/etc/**"] }'),
      [expect.stringContaining('(Write the kind first: "lab/file:/etc/**")')],
    ],
    ["an ignore rule without a reason", `${MINIMAL}ignore:\n  - kind: lab/file`, ['5:5 "reason" is missing']],
    [
      "a date",
      `${MINIMAL}ignore: [{ kind: lab/file, reason: r, until: 2027-02-30 }]`,
      [expect.stringMatching(/^4:46 "until" must be a date such as 2027-03-01/)],
    ],
    ["rules that are no list", `${MINIMAL}rules: {}`, ['4:8 "rules" must be a list, found a map']],
    [
      "a rule",
      `${MINIMAL}rules:\n  - { id: a, kinds: [], severity: high, type: cost }`,
      [
        expect.stringContaining('"title" is missing'),
        expect.stringMatching(/^5:21 "kinds"/),
        expect.stringContaining('"severity" must be one of "critical", "warning", "informational", found "high"'),
      ],
    ],
    [
      "several documents",
      `${MINIMAL}---\nversion: 1\n`,
      [expect.stringMatching(/^5:1 A configuration is one document/)],
    ],
    ["a list for a configuration", "- version: 1", [expect.stringMatching(/^1:1 A configuration must be a map/)]],
  ])("reports %s", async (_name, text, expected) => {
    expect(await mistakesOf(text)).toEqual(expected);
  });

  it("reports all of them at once, in the order of the file", async () => {
    const text = `version: 1
targets:
  b: { connector: lab, desired: d, grace: x, settings: { port: x } }
  a: { connector: nil, desired: d }
ignore:
  - { kind: lab/fil, reason: r }
rules:
  - { id: 1 }
store: { retention: long }
`;
    const lines = (await mistakesOf(text)).map((mistake) => Number(mistake.split(":")[0]));
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(new Set(lines)).toEqual(new Set([3, 4, 8, 9]));
    expect(lines.filter((line) => line === 3)).toHaveLength(2);
  });

  it("shows the line and counts the mistakes", async () => {
    const error = await failure(load(`${MINIMAL}ignored: []\nrulez: []\n`));
    expect(error.message).toMatch(/^Cannot load ".*leeway\.yaml": 2 mistakes$/);
    expect(error.problems.map(({ excerpt }) => excerpt)).toEqual(["ignored: []", "rulez: []"]);
    expect(Object.keys(error.problems[0] ?? {}).sort()).toEqual([
      "column",
      "excerpt",
      "file",
      "hint",
      "line",
      "message",
    ]);
  });
});

describe("ignore rules that cannot be meant", () => {
  it.each([
    [
      "{ reason: r }",
      "5:5 This rule would ignore every difference (Say what it is for: target, at, kind, id, path or drift)",
    ],
    ["{ target: edge, reason: r }", '5:15 No target matches "edge" (Targets are a)'],
    ["{ kind: lab/fle, reason: r }", '5:13 No kind matches "lab/fle" (Did you mean "lab/file"?)'],
    ["{ kind: zzz, reason: r }", '5:13 No kind matches "zzz" (Kinds are lab/file, lab/user)'],
    [
      "{ kind: lab/user, path: /mode, reason: r }",
      '5:29 No attribute of lab/user matches "/mode" (Attributes are /uid)',
    ],
    [
      "{ kind: lab/user, path: uid, reason: r }",
      '5:29 A path starts with "/": "uid" matches nothing (Did you mean "/uid"?)',
    ],
    ["{ path: /modes, reason: r }", '5:13 No attribute matches "/modes" (Did you mean "/mode"?)'],
    [
      "{ kind: lab/user, path: /uid/x, reason: r }",
      expect.stringContaining('No attribute of lab/user matches "/uid/x"'),
    ],
  ])("are refused: %s", async (rule, expected) => {
    const [first] = await mistakesOf(`${MINIMAL}ignore:\n  - ${rule}\n`);
    expect(first).toEqual(expected);
  });

  it.each([
    "{ kind: 'lab/*', reason: r }",
    "{ path: /acl/deep/down, reason: r }",
    "{ path: '', kind: lab/user, reason: r }",
    "{ path: '/m*', reason: r }",
    "{ drift: unmanaged, reason: r }",
  ])("are accepted when they can match: %s", async (rule) => {
    expect((await load(`${MINIMAL}ignore:\n  - ${rule}\n`)).config.ignore).toHaveLength(1);
  });

  it("are not judged where kinds are only known live", async () => {
    const text =
      "version: 1\ntargets: { a: { connector: live, desired: d } }\nignore: [{ kind: any/kind, path: /x, reason: r }]\n";
    expect((await load(text)).config.ignore).toHaveLength(1);
  });

  it("are not judged by a target that is itself wrong", async () => {
    expect(await mistakesOf(`${MINIMAL.replace("lab", "lob")}ignore: [{ kind: lab/fle, reason: r }]`)).toHaveLength(1);
  });
});

describe("a file that cannot be read as a whole", () => {
  it.each([
    ["empty", ""],
    ["only comments", "# nothing here\n"],
  ])("is one error that names the way out when it is %s", async (_name, text) => {
    const error = await failure(load(text));
    expect(error.message).toMatch(/^Cannot load ".*leeway\.yaml": it is empty$/);
    expect(error.hint).toContain("leeway init");
    expect(error.problems).toEqual([]);
  });

  it("is one error when it is not there", async () => {
    const error = await failure(
      loadConfig({ file: join(dir, "nowhere", "leeway.yaml"), env: {}, connectors: CONNECTORS }),
    );
    expect(error.message).toMatch(/^Cannot read ".*leeway\.yaml": no such file$/);
    expect(error.hint).toContain("leeway init");
  });

  it("is one error when it is a folder", async () => {
    const error = await failure(loadConfig({ file: dir, env: {}, connectors: CONNECTORS }));
    expect(error.message).toMatch(/: it is a folder$/);
  });

  it("is one error when reading it is denied", async () => {
    const file = await write(MINIMAL);
    const denied = Object.assign(new Error("EACCES"), { code: "EACCES" });
    // Root may read every file: only a reader can refuse it.
    const error = await failure(
      loadConfig({ file, env: {}, connectors: CONNECTORS, readFile: () => Promise.reject(denied) }),
    );
    expect(error).toMatchObject({
      message: `Cannot read "${file}": permission denied`,
      hint: expect.stringContaining("readable"),
    });
  });

  it("is one error when it is binary", async () => {
    const error = await failure(load("version: 1\0"));
    expect(error.message).toMatch(/it is not UTF-8 text$/);
    expect(error.problems).toEqual([]);
  });

  it("is one error when it has 100 MB, read no further than it must", async () => {
    const file = await write(MINIMAL);
    await truncate(file, 100 * 1000 * 1000);
    expect((await failure(loadConfig({ file, env: {}, connectors: CONNECTORS }))).message).toMatch(
      /it is larger than 64 MiB$/,
    );
  });

  it("is one error when its aliases are a bomb", async () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) =>
        `l${level}: &l${level} [${Array.from({ length: 9 }, () => (level === 0 ? "x" : `*l${level - 1}`)).join()}]`,
    );
    const mistakes = await mistakesOf(`${levels.join("\n")}\n`);
    expect(mistakes[0]).toContain("Aliases stand for too many values");
  });

  it("is an error for each mistake of YAML", async () => {
    const error = await failure(load("version: 1\nversion: 1\ntargets:\n\ta: 1\n"));
    expect(error.problems.length).toBeGreaterThan(0);
    expect(error.problems[0]).toMatchObject({ line: 4, message: "A tab is used as indentation" });
  });
});
