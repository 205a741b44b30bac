import { type Collection, type Document, type Filter, MongoServerError, type ReadConcernLevel } from 'mongodb';

/** A server that has lost its majority would else keep the question for as long as it is without. */
const LOOK_WITHIN_MS = 5_000;

/** https://www.mongodb.com/docs/manual/reference/error-codes/: CommandNotSupported, NotAReplicaSet, NotImplemented. */
const NOT_KNOWN_HERE: readonly unknown[] = [115, 123, 238];

/**
 * Whether there is a document that matches. A primary that was deposed unawares may answer majority reads from what it
 * had; to a linearizable one it first makes sure that it is still the primary. MongoDB promises this for a filter that
 * names one document (https://www.mongodb.com/docs/manual/reference/read-concern-linearizable/), such as that of a unique
 * key. Servers that only speak the protocol may pay no heed to the concern, or refuse it: they are to be single servers.
 */
export async function isThere<T extends Document>(collection: Collection<T>, filter: Filter<T>): Promise<boolean> {
  const ask = async (level: ReadConcernLevel) => {
    const options = { projection: { _id: 1 }, readConcern: { level }, maxTimeMS: LOOK_WITHIN_MS } as const;
    return (await collection.findOne(filter, options)) !== null;
  };
  try {
    return await ask('linearizable');
  } catch (error) {
    if (!(error instanceof MongoServerError && NOT_KNOWN_HERE.includes(error.code))) throw error;
    // Refused by a server that is alone: there is nobody who could have deposed it.
    return ask('majority');
  }
}
