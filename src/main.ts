#!/usr/bin/env node
import 'reflect-metadata';
import { pino } from 'pino';
import { gatheredLines } from './cli/gathered-lines.ts';
import { issueToken } from './cli/issue-token.ts';
import { runProgram } from './cli/program.ts';
import { rewrap } from './cli/rewrap.ts';
import { serve } from './cli/serve.ts';
import type { TokenOrder } from './identity/issue-token.ts';

const out = (text: string) => process.stdout.write(text);
const err = (text: string) => process.stderr.write(text);

const verbs = {
  serve: () =>
    serve({
      env: process.env,
      // Loaded when it is needed: help and faults of the configuration come at once.
      startApp: async (config, logger) => (await import('./app/start-app.ts')).startApp(config, logger),
      process,
      logs: gatheredLines(pino.destination({ fd: 1, sync: true })),
      complain: err,
      exit: (code) => process.exit(code),
      now: () => performance.now(),
    }),
  rewrap: () =>
    rewrap({
      ...{ env: process.env, out, err },
      rewrapStored: async (config) => (await import('./app/stored.ts')).rewrapStored(config),
    }),
  issueToken: (wanted: Omit<TokenOrder, 'user'>) =>
    issueToken(
      {
        ...{ env: process.env, out, err },
        issueStoredToken: async (config, order) =>
          (await import('./app/stored.ts')).issueStoredToken(config, order, err),
      },
      wanted,
    ),
};

process.exit(await runProgram(process.argv.slice(2), verbs, { out, err }));
