const NOBODY = 65_534;

/**
 * Runs `work` without root's right to read everything: as root, the process is the user nobody meanwhile; else as it is. It
 * concerns the whole process, so nothing else may run in it at the same time.
 */
export async function asUnprivileged<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return await work();
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([]);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}
