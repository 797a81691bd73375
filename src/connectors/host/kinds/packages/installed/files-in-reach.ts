import type { ByteText } from "../../bytes.ts";
import type { UnreadDatabase } from "./database.ts";
import { type DpkgFiles, type DpkgSources, tableOf } from "./dpkg-files.ts";
import type { DpkgLists } from "./dpkg-lists.ts";

/** What packages of dpkg put where, of which more is read when it is asked for. */
export class FilesInReach implements DpkgFiles {
  readonly malformed: ReadonlyMap<number, string>;
  readonly paths: DpkgFiles["paths"];
  readonly #lists: DpkgLists;
  readonly #add: ReturnType<typeof tableOf>["add"];
  readonly #diverted = new Map<ByteText, ByteText[]>();
  /** Whether an answer was given since of what is not known. */
  #isShort = false;
  #reading: Promise<UnreadDatabase | undefined> | undefined;
  #failure: UnreadDatabase | undefined;

  constructor(lists: DpkgLists, sources: DpkgSources) {
    const { paths, malformed, add } = tableOf(sources);
    this.#lists = lists;
    this.#add = add;
    this.malformed = malformed;
    for (const [from, { to }] of sources.diversions) {
      const place = sources.canonical(to);
      this.#diverted.set(place, [...(this.#diverted.get(place) ?? []), sources.canonical(from)]);
    }
    this.paths = {
      ownerOf: (path) => {
        // What a list says of a path that is diverted is about another one.
        const told = [path, ...(this.#diverted.get(path) ?? [])].map((one) => lists.tellOf(one));
        if (told.includes(false)) this.#isShort = true;
        return paths.ownerOf(path);
      },
      digestOf: (path) => paths.digestOf(path),
    };
  }

  more(): Promise<UnreadDatabase | undefined> | undefined {
    if (!this.#isShort) return undefined;
    this.#isShort = false;
    if (this.#failure !== undefined) return Promise.resolve(this.#failure);
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /** What is asked for in one turn of the event loop is read together. */
  async #read(): Promise<UnreadDatabase | undefined> {
    await new Promise((resolve) => setImmediate(resolve));
    const unread = await this.#lists.readMore(this.#add);
    this.#reading = undefined;
    if (unread !== undefined) this.#failure = { ok: false, reason: unread.reason, detail: unread.detail };
    return this.#failure;
  }
}
