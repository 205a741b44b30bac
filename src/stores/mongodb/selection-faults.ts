import { MongoCompatibilityError, MongoServerSelectionError } from 'mongodb';

/**
 * Why the driver found no server to ask, without a word of the URL; undefined for every other error. The driver (7.9) tells
 * it in what it knew of the servers when it gave up, by the name of their errors and the system's codes.
 */
export function whyNoServer(error: unknown): string | undefined {
  if (!(error instanceof MongoServerSelectionError) || !error.reason) return undefined;
  const { type, servers } = error.reason;
  for (const { error: fault } of servers.values()) {
    if (fault instanceof MongoCompatibilityError) return tooOld(fault.message);
    const code = (fault?.cause as NodeJS.ErrnoException | undefined)?.code;
    if (code === 'ECONNREFUSED') {
      return 'nothing listens at the host and port of MONGODB_URL (ECONNREFUSED): start MongoDB there, or correct the URL';
    }
    if (code === 'ENOTFOUND') return 'the host of MONGODB_URL is not found in DNS (ENOTFOUND): correct the URL';
    if (code !== undefined) return `the host and port of MONGODB_URL can't be reached (${code})`;
  }
  if (type !== 'ReplicaSetNoPrimary') return 'nothing at the host and port of MONGODB_URL answers as MongoDB does';
  // The driver forgets a server that is of another set, or of none.
  return servers.size === 0
    ? 'the server of MONGODB_URL is not of the replica set that replicaSet names there: correct that, or leave it out'
    : 'the replica set of MONGODB_URL has no primary';
}

function tooOld(message: string): string {
  const [, spoken = '?', least = '?', version = 'a newer one'] =
    /maximum wire version (\d+), .* requires at least (\d+) \((MongoDB [\d.]+)\)/.exec(message) ?? [];
  const speaks = `it speaks wire version ${spoken}, and ${least} is the least`;
  return `the server of MONGODB_URL is too old: ${speaks}; use ${version} or later`;
}
