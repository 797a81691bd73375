/** The exit status contract: as diff(1) for 0 to 2, 3 where something could not be checked, 130 after Ctrl-C. */
export const EXIT = { inSync: 0, drift: 1, error: 2, incomplete: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What `--help` of every command ends with. */
export const EXIT_HELP = `
Exit codes:
  0    done; for scan: in sync, or nothing at or above --fail-on
  1    scan: drift at or above --fail-on
  2    wrong configuration or use, not done, or no target could be opened
  3    scan: something could not be checked (and no drift that counts)
  130  interrupted by Ctrl-C`;
