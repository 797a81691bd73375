import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { type Inside, runProgramInside } from "./run-program.ts";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

/** What a run of the real binary left: exit code 130 is its own, a run that a signal ended has null. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface RunOptions {
  /** Added to an environment that holds nothing of the caller's but PATH; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The repository when left out. */
  readonly cwd?: string;
  /** What stands on standard input, which else is empty. */
  readonly input?: string;
  /** Aborting it is Ctrl-C: the process gets SIGINT. */
  readonly signal?: AbortSignal;
  /** What goes before `node`, such as setpriv with its arguments. */
  readonly under?: readonly string[];
}

/** A run that is still under way. */
export interface Run extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** Resolves once standard error holds the text; fails when the run ends before. */
  saysOnStderr(text: string): Promise<void>;
}

export interface SceneOptions {
  /** Files of the watched tree by path, with their content; a few ordinary ones when left out. */
  readonly files?: Readonly<Record<string, string>>;
  /** leeway.yaml; one host target `here` over the tree when left out. */
  readonly config?: (scene: Scene) => string;
  /** Whether the tree is captured and committed; true when left out. */
  readonly captured?: boolean;
}

/**
 * A Git repository with leeway.yaml and desired state, and beside it a tree of files that its target `here` watches. All of it
 * lies in one temporary folder and goes with it.
 */
export interface Scene extends AsyncDisposable {
  readonly root: string;
  readonly repo: string;
  readonly tree: string;
  readonly storeFile: string;
  /** Writes a file of the tree, with its folders; its mode is 0644 unless given. */
  put(name: string, text?: string, mode?: number): void;
  /** Writes a file of the repository, with its folders. */
  write(name: string, text: string | Uint8Array): void;
  git(...args: readonly string[]): string;
  /** Commits all of the repository. @returns the commit's id */
  commit(): string;
  /** Runs the binary to its end: for claims on the process and what only it does. */
  leeway(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Says and does the same without a process of its own, many times as fast: for all other claims. One at a time. */
  inside(args: readonly string[], options?: Partial<Inside>): Promise<Outcome>;
  /** Starts the binary, and leaves it running until it is disposed of. */
  start(args: readonly string[], options?: RunOptions): Run;
  /** Text in which equal runs are equal text: paths, times, ids, digests, process ids and durations have names instead. */
  normalise(text: string): string;
}

/** Who commits, and no upkeep of the repository after each commit. */
const GIT_CONFIG = "[user]\n\tname = Ann\n\temail = ann@example.com\n[maintenance]\n\tauto = false\n";
/** In one shell: to start a program from a process as large as a worker of the tests takes longer than the program. */
const COMMIT = "git add --all && git commit --quiet --allow-empty --message state && git rev-parse HEAD";
const FILES = { "app.cfg": "port = 8080\n", "bin/serve": "#!/bin/sh\n", "etc/limits": "nofile = 1024\n" };

/** leeway.yaml with one host target over the tree, and what else is given for it and below it. */
export function configOf({ tree }: Scene, more: { readonly target?: string; readonly rest?: string } = {}): string {
  return `version: 1
targets:
  here:
    connector: host
    desired: desired
    scope: { include: ["host/file:${tree}/**", "host/directory:${tree}/**"] }
${more.target ?? ""}${more.rest ?? ""}`;
}

/** Makes a scene; see `Scene`. */
export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const scene = makeScene(mkdtempSync(join(tmpdir(), "leeway-cli-")));
  try {
    scene.git("init", "--quiet", "--initial-branch=main");
    appendFileSync(join(scene.repo, ".git/config"), GIT_CONFIG);
    for (const [name, text] of Object.entries(options.files ?? FILES)) scene.put(name, text);
    if (options.files === undefined) symlinkSync("app.cfg", join(scene.tree, "current"));
    scene.write(".gitignore", ".leeway/\n");
    scene.write("leeway.yaml", options.config?.(scene) ?? configOf(scene));
    if (options.captured !== false) await capture(scene);
    return scene;
  } catch (error) {
    await scene[Symbol.asyncDispose]();
    throw error;
  }
}

async function capture(scene: Scene): Promise<void> {
  const { exitCode, stderr } = await scene.inside(["capture", "here", "--force"]);
  if (exitCode !== 0) throw new Error(`Cannot capture the scene: ${stderr}`);
  scene.commit();
}

function makeScene(root: string): Scene {
  const repo = join(root, "repo");
  const tree = join(root, "tree");
  for (const folder of [repo, tree, join(root, "home")]) mkdirSync(folder);
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { cwd: repo, encoding: "utf8", stdio: "pipe", env: plainEnv(root) });
  const start = (args: readonly string[], options: RunOptions = {}) =>
    startLeeway(args, { ...options, cwd: options.cwd ?? repo, env: { ...plainEnv(root), ...options.env } });
  return {
    root,
    repo,
    tree,
    storeFile: join(repo, ".leeway/state.db"),
    put: (name, text = `${name}\n`, mode = 0o644) => {
      writeIn(tree, name, text);
      chmodSync(join(tree, name), mode);
    },
    write: (name, text) => writeIn(repo, name, text),
    git: (...args) => run("git", ...args),
    commit: () => run("sh", "-c", COMMIT).trim(),
    leeway: (args, options) => start(args, options).outcome,
    inside: (args, options = {}) =>
      runProgramInside(args, { ...options, cwd: options.cwd ?? repo, env: { ...plainEnv(root), ...options.env } }),
    start,
    normalise: (text) => normalise(text, root),
    [Symbol.asyncDispose]: async () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Nothing of the person who runs the tests gets in: no configuration of git, no key, no colours. */
function plainEnv(root: string): Readonly<Record<string, string | undefined>> {
  return { PATH: env["PATH"], HOME: join(root, "home"), GIT_CONFIG_NOSYSTEM: "1", TZ: "UTC", LC_ALL: "C" };
}

function writeIn(folder: string, name: string, content: string | Uint8Array): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function startLeeway(args: readonly string[], options: RunOptions & { readonly cwd: string }): Run {
  const [command = execPath, ...rest] = [...(options.under ?? []), execPath, MAIN, ...args];
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A process that ends without reading its input is no failure of the test.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const heard = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text: string) => {
      heard[name] += text;
    });
  }
  const interrupt = () => child.kill("SIGINT");
  options.signal?.addEventListener("abort", interrupt, { once: true });
  const ended = once(child, "close");
  const outcome = ended.then(([code]) => {
    options.signal?.removeEventListener("abort", interrupt);
    return { ...heard, exitCode: code };
  });
  return {
    child,
    outcome,
    saysOnStderr: async (text) => {
      while (!heard.stderr.includes(text)) {
        const isOver = await Promise.race([once(child.stderr, "data").then(() => false), ended.then(() => true)]);
        if (isOver && !heard.stderr.includes(text)) throw new Error(`Ended without "${text}": ${heard.stderr}`);
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function normalise(text: string, root: string): string {
  const findings = new Map<string, string>();
  return text
    .replaceAll(root, "<scene>")
    .replaceAll(`"${hostname()}"`, `"<host>"`)
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?UTC|Z)?/g, "<time>")
    .replaceAll(/hmac-sha256:[0-9a-f]+:[0-9a-f]+/g, "<digest>")
    .replaceAll(/\b[0-9a-f]{40}\b/g, "<commit>")
    .replaceAll(/(\b(?:revision|commit|at) )[0-9a-f]{7,12}\b/g, "$1<commit>")
    .replaceAll(/\bf_[0-9a-z]{12}\b/g, (id) => {
      const name = findings.get(id) ?? `<finding-${findings.size + 1}>`;
      findings.set(id, name);
      return name;
    })
    .replaceAll(/\b(process|pid) \d+/g, "$1 <pid>")
    .replaceAll(/\((?:just now|\d+ \w+ ago)\)/g, "(<ago>)")
    .replaceAll(/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, "<duration>");
}
