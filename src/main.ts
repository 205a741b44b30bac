#!/usr/bin/env node
import 'reflect-metadata';
import { pino } from 'pino';
import { runProgram } from './cli/program.ts';
import { rewrap } from './cli/rewrap.ts';
import { serve } from './cli/serve.ts';

const out = (text: string) => process.stdout.write(text);
const err = (text: string) => process.stderr.write(text);

const verbs = {
  serve: () =>
    serve({
      env: process.env,
      // Loaded when it is needed: help and faults of the configuration come at once.
      startApp: async (config, logger) => (await import('./app.ts')).startApp(config, logger),
      process,
      logs: pino.destination({ fd: 1, sync: true }),
      complain: err,
      exit: (code) => process.exit(code),
      now: () => performance.now(),
    }),
  rewrap: () =>
    rewrap({
      ...{ env: process.env, out, err },
      rewrapStored: async (config) => (await import('./app.ts')).rewrapStored(config),
    }),
};

process.exit(await runProgram(process.argv.slice(2), verbs, { out, err }));
