import { type LoadedDesired, type OpenedDesired, openDesired } from "../desired/load-desired.ts";
import { baseDir, cacheDir, type NamedTarget, type Workspace } from "./workspace.ts";

/** The desired state of each target, read once a scan, though every target is asked what it declares for the others. */
export class DesiredSources implements AsyncDisposable {
  readonly #workspace: Workspace;
  readonly #workingTree: boolean;
  readonly #opened = new Map<string, Promise<OpenedDesired>>();
  readonly #loaded = new Map<string, Promise<LoadedDesired>>();

  constructor(workspace: Workspace, options: { readonly workingTree: boolean }) {
    this.#workspace = workspace;
    this.#workingTree = options.workingTree;
  }

  /** @throws what `openDesired` throws */
  open(named: NamedTarget): Promise<OpenedDesired> {
    const opening = this.#opened.get(named.name) ?? this.#openOne(named);
    this.#opened.set(named.name, opening);
    return opening;
  }

  /** @throws what `openDesired` and its `load` throw */
  load(named: NamedTarget): Promise<LoadedDesired> {
    const loading = this.#loaded.get(named.name) ?? this.open(named).then((opened) => opened.load());
    this.#loaded.set(named.name, loading);
    return loading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever asked for one was told how it failed.
    for (const opening of await Promise.allSettled(this.#opened.values()))
      if (opening.status === "fulfilled") await opening.value[Symbol.asyncDispose]();
  }

  #openOne({ target, connector }: NamedTarget): Promise<OpenedDesired> {
    const workspace = this.#workspace;
    return openDesired({
      source: target.desired,
      baseDir: baseDir(workspace),
      cacheDir: cacheDir(workspace),
      kinds: connector.kinds ?? new Map(),
      formats: connector.formats ?? {},
      implied: connector.implied,
      env: workspace.env,
      workingTree: this.#workingTree,
      signal: workspace.signal,
    });
  }
}
