import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { type ControlServer, type ControlVerb, startControlServer } from '../control/control-server.ts';
import { controlSocketPath } from '../control/socket-path.ts';

/**
 * The socket of an embedded store, which nobody else can open while this process has it. It is left out where its path would
 * be too long, or the file system has no sockets: the server works without.
 */
export async function startControl(
  { mongodbUrl, dataDir }: Config,
  logger: Logger,
  verbs: Readonly<Record<string, ControlVerb>>,
): Promise<ControlServer | undefined> {
  if (mongodbUrl !== undefined) return undefined;
  const socket = controlSocketPath(dataDir);
  if (socket === undefined) {
    logger.warn({ dataDir }, 'no control socket: its path is too long; commands have to wait until this server stops');
    return undefined;
  }
  try {
    return await startControlServer(socket, new Map(Object.entries(verbs)), logger);
  } catch (err) {
    logger.warn({ err }, 'no control socket; commands have to wait until this server stops');
    return undefined;
  }
}
