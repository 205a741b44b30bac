import type { ControlFault } from '../control/protocol.ts';

/** How the process ends. Scripts rely on these: they are told by `--help` and do not change. */
export const EXIT = { ok: 0, failure: 1, usage: 2, store: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_OF_FAULT = {
  usage: EXIT.usage,
  configuration: EXIT.usage,
  store: EXIT.store,
  failure: EXIT.failure,
} as const satisfies Record<ControlFault, ExitCode>;

export const EXIT_CODES_HELP = `
Exit codes:
  0  ended as asked
  1  failure; the last line of the log says why, or of stderr where there is no log
  2  bad usage or configuration; every fault is named
  3  the store cannot be used: unreachable, damaged, not writable, or held by another process
`;
