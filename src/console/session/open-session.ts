import { type Session, UnprovenSession } from './session.ts';
import type { Settings } from './settings.ts';

/** The session that the server's settings ask for. */
export async function openSession(_settings: Settings): Promise<Session> {
  return new UnprovenSession();
}
