import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { kill, pid } from "node:process";

/** A process as others can find it again: a pid alone may belong to another one later, or elsewhere. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Equal for processes whose pids mean the same: one running machine and one namespace of pids. */
  readonly machine: string;
  /** When it started, in the system's own terms; empty where that is not known. */
  readonly processStart: string;
}

export async function thisProcess(): Promise<ProcessIdentity> {
  return { host: hostname(), pid, machine: await machineIdentity(), processStart: (await startOf(pid)) ?? "" };
}

/** Whether a process is known to be gone. What cannot be told (it ran on another machine) counts as alive. */
export async function isGone(other: ProcessIdentity, self: ProcessIdentity): Promise<boolean> {
  if (other.machine !== self.machine) return false;
  if (self.processStart === "") return !answers(other.pid);
  return (await startOf(other.pid)) !== other.processStart;
}

async function machineIdentity(): Promise<string> {
  try {
    const bootId = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    return `${bootId.trim()} ${await readlink("/proc/self/ns/pid")}`;
  } catch {
    // No Linux: the name of the host is all that is known of it.
    return hostname();
  }
}

/** The start of a process in clock ticks since the machine did (proc(5), field 22); undefined when it is gone or a zombie. */
async function startOf(processId: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${processId}/stat`, "utf8");
    // The name, field 2, stands in parentheses and may hold anything; state is field 3.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    // No such process, or no such file system.
    return undefined;
  }
}

/** Signal 0 is delivered to nobody: it only tells whether there is somebody. */
function answers(processId: number): boolean {
  try {
    return kill(processId, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
