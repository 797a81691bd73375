import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAME = "leeway-ssh-";
/** What the system takes as the path of a socket, less what the client appends to it while it makes one. */
const LONGEST = 104 - 18;

/** A folder of this machine that only this user may enter, for the socket that all sessions of one connection share. */
export interface ControlFolder extends AsyncDisposable {
  readonly socket: string;
}

export async function makeControlFolder(): Promise<ControlFolder> {
  const own = join(tmpdir(), NAME);
  const folder = await mkdtemp(own.length + "XXXXXX/s".length > LONGEST ? `/tmp/${NAME}` : own);
  return {
    socket: join(folder, "s"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
