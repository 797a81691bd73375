import process from "node:process";
import type { WalkEntry } from "../../transport.ts";
import { ContentReader } from "../content.ts";
import { statLocally } from "../stat.ts";
import { walkLocally } from "../walk.ts";
import type { Answered, Asked, Unsigned } from "./messages.ts";

/*
 * Reads one far file system in a process of its own: when that does not answer any more, this process can be left behind, which
 * a thread cannot.
 */
const BATCH = 512;
const contents = new ContentReader();

process.on("message", (asked: Asked) => {
  answer(asked).catch((error: unknown) => tell(asked, { is: "bug", message: String(error) }));
});
// Nobody is left to answer, and what hangs would keep it from ending by itself.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

async function answer(asked: Asked): Promise<void> {
  switch (asked.ask) {
    case "stat":
      return tell(asked, { is: "read", read: await statLocally(asked.path) });
    case "digests":
      return tell(asked, { is: "read", read: await contents.digests(asked.path, asked.algorithms) });
    case "readFile":
      return tell(asked, { is: "read", read: await contents.readFile(asked.path, asked.maxBytes) });
    case "list":
      return await list(asked);
  }
}

async function list(asked: Extract<Asked, { ask: "list" }>): Promise<void> {
  const folder = Buffer.from(asked.path);
  let entries: WalkEntry[] = [];
  const options = { enter: (path: Uint8Array) => folder.equals(path), leaveOut: new Set(asked.leaveOut) };
  for await (const entry of walkLocally(folder, options)) {
    entries.push(entry);
    if (entries.length < BATCH) continue;
    tell(asked, { is: "entries", entries, isEnd: false });
    entries = [];
  }
  tell(asked, { is: "entries", entries, isEnd: true });
}

function tell({ id }: Asked, answered: Unsigned<Answered>): void {
  process.send?.({ id, ...answered });
}
