import { EXIT, type ExitCode } from './exit-codes.ts';

/** Where a verb tells people what came of it. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Tells every fault of the configuration, a line each. */
export function tellConfigFaults(faults: readonly string[], err: Output['err']): ExitCode {
  err(`proxy-ledger: the configuration is not valid\n${faults.map((fault) => `  ${fault}\n`).join('')}`);
  return EXIT.usage;
}
