import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../config/load-config.ts";
import { connectors } from "../connectors/registry.ts";
import { decide } from "../lifecycle/decide.ts";
import type { Finding } from "../model/finding.ts";
import type { ScanResult } from "../model/scan-result.ts";
import { openStore } from "../store/open-store.ts";
import { capture } from "./capture.ts";
import { sha256 } from "./identity.ts";
import { type ScanOptions, scan } from "./scan.ts";
import type { ScanProgress } from "./scan-target.ts";
import type { Workspace } from "./workspace.ts";

let root: string;
let tree: string;

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", ...args], {
    cwd: root,
    encoding: "utf8",
    stdio: "pipe",
  });

function commit(): void {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", "state");
}

function configure(more = "", target = ""): void {
  const scope = `{ include: ["host/file:${tree}/**", "host/directory:${tree}/**"] }`;
  writeFileSync(
    join(root, "leeway.yaml"),
    `version: 1\ntargets:\n  here:\n    connector: host\n    desired: desired\n    scope: ${scope}\n${target}${more}`,
  );
}

function put(name: string, text = name, mode = 0o644): void {
  writeFileSync(join(tree, name), text);
  chmodSync(join(tree, name), mode);
}

async function workspace(signal = new AbortController().signal): Promise<Workspace> {
  const loaded = await loadConfig({ file: join(root, "leeway.yaml"), env: {}, connectors });
  return {
    loaded,
    connectors,
    env: process.env,
    storeFile: join(root, ".leeway/state.db"),
    now: () => new Date().toISOString(),
    signal,
  };
}

async function run(options: Partial<ScanOptions> = {}): Promise<ScanResult> {
  return scan(await workspace(), {
    targets: [],
    only: [],
    workingTree: false,
    explain: true,
    rehash: false,
    waitMs: 0,
    ...options,
  });
}

async function captureAndCommit(): Promise<void> {
  await capture(await workspace(), { target: "here", only: [], force: true });
  commit();
}

const brief = ({ findings }: ScanResult) =>
  findings
    .map(({ resource, drift, cause, status }) => [resource.slice(tree.length + 1), drift, cause, status].join(" "))
    .sort();

const transitions = ({ transitions }: ScanResult) =>
  transitions.map(({ transition, detail }) => (transition === "resolved" ? `resolved ${detail}` : transition));

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "leeway-engine-"));
  tree = join(root, "tree");
  mkdirSync(join(tree, "sub"), { recursive: true });
  git("init", "--quiet", "--initial-branch=main");
  writeFileSync(join(root, ".gitignore"), ".leeway/\ntree/\n");
  configure();
  put("a");
  put("b", "b", 0o600);
  put("sub/c");
  symlinkSync("a", join(tree, "link"));
  await captureAndCommit();
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("a scan of this machine", () => {
  it("is in sync after a capture, twice, and the second time writes no record", async () => {
    expect((await run()).targets).toMatchObject([
      { verdict: "in-sync", coverage: { declared: 5, checked: 5, unchecked: 0, unmanaged: 0 } },
    ]);
    const size = async () => {
      await using store = await openStore({ file: join(root, ".leeway/state.db") });
      return (await store.history("here", { kind: "host/file", id: join(tree, "a") })).length;
    };
    const before = await size();
    expect((await run()).targets).toMatchObject([{ verdict: "in-sync" }]);
    expect(await size()).toBe(before);
  });

  it("finds what changed, vanished, appeared and moved, and says who is ahead", async () => {
    await run();
    chmodSync(join(tree, "a"), 0o666);
    rmSync(join(tree, "b"));
    put("new");
    renameSync(join(tree, "sub/c"), join(tree, "sub/d"));
    const result = await run();
    expect(brief(result)).toEqual([
      "a changed out-of-band open",
      "b missing out-of-band open",
      "new unmanaged orphaned open",
      "sub/c moved out-of-band open",
    ]);
    expect(result.findings.find(({ drift }) => drift === "moved")).toMatchObject({ movedTo: join(tree, "sub/d") });
    expect(result.findings[0]).toMatchObject({ declaredAt: { file: "desired/local/file.yaml" } });
    expect(transitions(await run())).toEqual([]);
  });

  it("resolves what was reverted, adopted or gone, each as what it was", async () => {
    put("new");
    chmodSync(join(tree, "a"), 0o666);
    chmodSync(join(tree, "b"), 0o666);
    await run();
    chmodSync(join(tree, "a"), 0o644);
    rmSync(join(tree, "new"));
    const file = join(root, "desired/local/file.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace('mode: "0600"', 'mode: "0666"'));
    commit();
    const result = await run();
    expect(result.targets[0]?.verdict).toBe("in-sync");
    expect(
      Object.fromEntries(
        result.resolved.map(({ resource, resolution }) => [resource.slice(tree.length + 1), resolution]),
      ),
    ).toEqual({
      a: "reverted",
      b: "adopted",
      new: "vanished",
    });
  });

  it("calls a change of the code that is not rolled out undeployed, and a resource that was taken out of it unmanaged", async () => {
    await run();
    const file = join(root, "desired/local/file.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace('mode: "0600"', 'mode: "0640"'));
    rmSync(join(root, "desired/local/directory.yaml"));
    commit();
    expect(brief(await run())).toEqual(["b changed undeployed open", "sub unmanaged undeployed open"]);
  });

  it("reopens a finding that comes back, and counts it", async () => {
    await run();
    chmodSync(join(tree, "a"), 0o666);
    await run();
    chmodSync(join(tree, "a"), 0o644);
    await run();
    chmodSync(join(tree, "a"), 0o666);
    const result = await run();
    expect(transitions(result)).toEqual(["reopened"]);
    expect(result.findings).toMatchObject([{ recurrence: 1, status: "open" }]);
  });

  it("resolves nothing outside the part that --only names", async () => {
    put("new");
    chmodSync(join(tree, "a"), 0o666);
    await run();
    rmSync(join(tree, "new"));
    chmodSync(join(tree, "a"), 0o644);
    const part = await run({ only: [`host/file:${join(tree, "b")}`] });
    expect(part.resolved).toEqual([]);
    expect(part.targets[0]?.coverage.declared).toBe(1);
    expect((await run()).resolved).toHaveLength(2);
  });

  it("folds what a rule ignores, resolves its finding so, and tells of a rule that folds nothing", async () => {
    chmodSync(join(tree, "a"), 0o666);
    await run();
    configure(`ignore:\n  - { id: "${join(tree, "a")}", reason: on purpose }\n  - { id: /nowhere, reason: stale }\n`);
    const result = await run();
    expect(result.resolved).toMatchObject([{ resolution: "ignored" }]);
    expect(result.folded).toEqual([{ reason: "ignored: on purpose", count: 1 }]);
    expect(result.folds).toMatchObject([{ path: "/mode" }]);
    expect(result.warnings.join("\n")).toContain("stale");
  });

  it("ends findings of what is no longer looked for as out of scope", async () => {
    put("new");
    await run();
    configure();
    const text = readFileSync(join(root, "leeway.yaml"), "utf8");
    writeFileSync(join(root, "leeway.yaml"), text.replace(`"host/file:${tree}/**", `, ""));
    expect((await run()).resolved).toMatchObject([{ resolution: "out-of-scope" }]);
  });

  it("keeps drift pending within its grace, and opens it after", async () => {
    configure("", "    grace: 1h\n");
    chmodSync(join(tree, "a"), 0o666);
    expect(brief(await run())).toEqual(["a changed unrecorded pending"]);
    configure("", "    grace: 0s\n");
    expect(transitions(await run())).toEqual(["opened"]);
  });

  it("keeps an accepted orphan accepted until it changes, and takes its accepted change as the baseline", async () => {
    put("new");
    const [orphan] = (await run()).findings;
    await accept(orphan);
    expect(brief(await run())).toEqual(["new unmanaged orphaned accepted"]);
    chmodSync(join(tree, "new"), 0o600);
    const changed = await run();
    expect(transitions(changed)).toEqual(["reopened"]);
    expect(changed.findings[0]?.changes.map(({ path, cause }) => [path, cause])).toEqual([
      ["", "orphaned"],
      ["/mode", "external"],
    ]);
    await accept(changed.findings[0]);
    const settled = await run();
    expect(settled.findings).toMatchObject([{ status: "accepted", changes: [{ path: "" }] }]);
  });

  it("warns of a dirty tree and reads it only with --working-tree", async () => {
    await run();
    const file = join(root, "desired/local/file.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace('mode: "0600"', 'mode: "0640"'));
    const committed = await run();
    expect(committed.warnings.join("\n")).toContain("desired/local/file.yaml");
    expect(committed.findings).toEqual([]);
    const working = await run({ workingTree: true });
    expect(working.targets[0]?.revision).toBe("working-tree");
    expect(brief(working)).toEqual(["b changed undeployed open"]);
  });

  it("does not call unmanaged what another target declares", async () => {
    put("other");
    mkdirSync(join(root, "elsewhere"));
    writeFileSync(
      join(root, "elsewhere/x.yaml"),
      `kind: host/file\nid: ${join(tree, "other")}\nattributes: { mode: "0644" }\n`,
    );
    configure("  there: { connector: host, desired: elsewhere }\n");
    commit();
    const result = await run();
    expect(result.findings).toEqual([]);
    expect(result.targets.map(({ verdict }) => verdict)).toEqual(["in-sync", "in-sync"]);
  });

  it("does not start on a target that another process holds, and says who does", async () => {
    await run();
    await using store = await openStore({ file: join(root, ".leeway/state.db") });
    await using _lease = await store.acquireLease("here", { waitMs: 0, signal: new AbortController().signal });
    await expect(run()).rejects.toThrow(String(process.pid));
  });

  it("keeps nothing of a scan that was interrupted", async () => {
    const interrupt = new AbortController();
    chmodSync(join(tree, "a"), 0o666);
    const options = {
      targets: [],
      only: [],
      workingTree: false,
      explain: false,
      rehash: false,
      waitMs: 0,
      onProgress: ({ answered, expected }: ScanProgress) => {
        if (answered === expected) interrupt.abort();
      },
    };
    await expect(scan(await workspace(interrupt.signal), options)).rejects.toThrow();
    await using store = await openStore({ file: join(root, ".leeway/state.db") });
    expect(await store.findings()).toEqual([]);
    expect(await store.lastScans()).toEqual([]);
    expect(await store.verify()).toEqual([]);
  });
});

async function accept(finding: Finding | undefined): Promise<void> {
  await using store = await openStore({ file: join(root, ".leeway/state.db") });
  const at = new Date().toISOString();
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await store.updateFinding(
    finding?.id ?? "",
    (stored) => decide(stored, { verb: "accept", by: "me", reason: "fine", at, until }, sha256),
    { at, actor: "me", action: "finding.accept", subject: finding?.id ?? "", reason: "fine", details: {} },
  );
}
