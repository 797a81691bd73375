import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scene, startScene } from "./testing/run-leeway.ts";
import { keptFiles } from "./testing/store-state.ts";

interface Report {
  readonly findings: readonly {
    readonly id: string;
    readonly resource: string;
    readonly changes: readonly { readonly path: string; readonly desired?: unknown; readonly actual?: unknown }[];
    readonly evidence?: { readonly diff?: string };
  }[];
  readonly folded: readonly { readonly reason: string; readonly count: number }[];
}

const FORMATS = ["human", "json", "sarif", "junit", "markdown", "html"];

let scene: Scene;
const scan = async (): Promise<Report> =>
  JSON.parse((await scene.inside(["scan", "--format", "json"])).stdout) as Report;

describe("settings of a captured file", () => {
  beforeEach(async () => {
    scene = await startScene({
      files: { "app.ini": "[a]\nport = 8080\npassword = cAnArY-0\n", "run.env": "TOKEN=cAnArY-1\n" },
    });
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  it("are in sync when nothing changed, and when only comments, white space and order did", async () => {
    expect((await scan()).findings).toEqual([]);
    scene.put("app.ini", "; c\n[a]\npassword=cAnArY-0\n\nport=8080\n");
    const { findings, folded } = await scan();
    expect(findings).toEqual([]);
    expect(folded).toContainEqual({ reason: "same settings", count: 1 });
    expect((await scan()).findings).toEqual([]);
  });

  it("are what is reported where one of them changed, a secret without its value", async () => {
    expect((await scan()).findings).toEqual([]);
    scene.put("app.ini", "[a]\nport = 9090\npassword = cAnArY-0\n");
    scene.put("run.env", "TOKEN=cAnArY-2\n");
    const { findings, folded } = await scan();
    expect(findings.map(({ changes }) => changes.map(({ path, actual }) => [path, actual]))).toEqual([
      [["/settings/a/port", "9090"]],
      [["/settings/TOKEN", { $digest: expect.stringMatching(/^hmac-sha256:/) }]],
    ]);
    expect(folded).toContainEqual({ reason: "shown by /settings", count: 2 });
    for (const format of FORMATS)
      expect((await scene.inside(["scan", "--explain", "--format", format])).stdout).not.toContain("cAnArY");
    for (const bytes of keptFiles(scene).values()) expect(bytes.includes("cAnArY")).toBe(false);
  });

  it("are told where one that nobody declares is added", async () => {
    expect((await scan()).findings).toEqual([]);
    scene.put("app.ini", "[a]\nport = 8080\npassword = cAnArY-0\ndebug = 1\n");
    expect((await scan()).findings.map(({ changes }) => changes.map(({ path }) => path))).toEqual([
      ["/settings/a/debug"],
    ]);
  });

  it("give way to the hash where the file is no longer of its format", async () => {
    expect((await scan()).findings).toEqual([]);
    scene.put("app.ini", "nonsense\n");
    expect((await scan()).findings[0]?.changes.map(({ path }) => path)).toContain("/sha256");
  });
});

describe("a file whose content is declared", () => {
  beforeEach(async () => {
    scene = await startScene({ files: {}, captured: false });
    const file = (name: string) =>
      `kind: host/file\nid: ${join(scene.tree, name)}\nattributes:\n  source: files/${name}\n`;
    scene.write("desired/files.yaml", [file("app.yaml"), file("notes"), file(".env")].join("---\n"));
    scene.write("desired/files/app.yaml", "port: 1\nlog: {level: info}\napi_key: cAnArY-1\n");
    scene.write("desired/files/notes", "one\ntwo\nthe password is cAnArY-2\n");
    scene.write("desired/files/.env", "A=cAnArY-3\n");
    scene.put("app.yaml", "# by hand\nlog: {level: info}\napi_key: cAnArY-1\nport: 1\n");
    scene.put("notes", "one\ntwo\nthe password is cAnArY-2\n");
    scene.put(".env", "# c\nA='cAnArY-3'\n");
    scene.write(
      "leeway.yaml",
      "version: 1\ntargets:\n  here:\n    connector: host\n    desired: { path: desired/files.yaml }\n",
    );
    scene.commit();
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  it("is in sync where it says the same in another way", async () => {
    const { findings, folded } = await scan();
    expect(findings).toEqual([]);
    expect(folded).toContainEqual({ reason: "same settings", count: 2 });
  });

  it("is told by its settings, exactly, with a diff", async () => {
    scene.put("app.yaml", "port: 2\nlog: {level: info, to: /tmp}\napi_key: cAnArY-1\n");
    const { findings } = await scan();
    expect(findings.map(({ changes }) => changes.map(({ path }) => path))).toEqual([
      ["/settings/log/to", "/settings/port"],
    ]);
    expect(findings[0]?.evidence?.diff).toBe(
      "--- desired\n+++ actual\n@@ -1,3 +1,3 @@\n-port: 1\n-log: {level: info}\n+port: 2\n+log: {level: info, to: /tmp}\n api_key: <masked>",
    );
    const shown = await scene.inside(["show", findings[0]?.id ?? ""]);
    expect(shown.stdout).toContain("port: 2");
  });

  it("shows no secret of it anywhere, whether it changed or not", async () => {
    scene.put("app.yaml", "port: 1\nlog: {level: info}\napi_key: cAnArY-4\n");
    scene.put("notes", "one\nthree\nthe password is cAnArY-5\n");
    scene.put(".env", "A=cAnArY-6\nB=cAnArY-7\n");
    for (const format of FORMATS) {
      const { stdout, stderr, exitCode } = await scene.inside(["scan", "--explain", "--format", format]);
      expect([format, exitCode, stderr]).toEqual([format, 1, ""]);
      expect(stdout).not.toContain("cAnArY");
    }
    const { findings } = await scan();
    expect(findings.map(({ changes }) => changes.map(({ path }) => path)).sort()).toEqual([
      ["/settings/A", "/settings/B"],
      ["/settings/api_key"],
      ["/sha256"],
    ]);
    for (const { id } of findings) expect((await scene.inside(["show", id])).stdout).not.toContain("cAnArY");
    for (const [path, bytes] of keptFiles(scene)) expect([path, bytes.includes("cAnArY")]).toEqual([path, false]);
  });

  it("shows no secret of one that is not there", async () => {
    rmSync(join(scene.tree, "app.yaml"));
    for (const format of FORMATS)
      expect((await scene.inside(["scan", "--explain", "--format", format])).stdout).not.toContain("cAnArY");
    for (const bytes of keptFiles(scene).values()) expect(bytes.includes("cAnArY")).toBe(false);
  });
});
