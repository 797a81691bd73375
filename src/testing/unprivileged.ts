const NOBODY = 65_534;

/**
 * Takes root's right to read everything from the whole process until disposed: as root, the process is the user nobody
 * meanwhile; else nothing changes. Nothing else may run in the process at the same time.
 */
export function becomeUnprivileged(): Disposable {
  if (process.geteuid?.() !== 0) return { [Symbol.dispose]: () => {} };
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([]);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  return {
    [Symbol.dispose]: () => {
      process.seteuid?.(0);
      process.setegid?.(0);
      process.setgroups?.(groups);
    },
  };
}

/** Runs `work` without root's right to read everything. */
export async function asUnprivileged<T>(work: () => Promise<T>): Promise<T> {
  using _unprivileged = becomeUnprivileged();
  return await work();
}
