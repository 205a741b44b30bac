import type { SealedCommit } from '../../src/event-sourcing/event.ts';
import type { AppendResult, EventStore } from '../../src/event-sourcing/event-store.ts';
import { appendForSure } from '../../src/event-sourcing/ledger/settle.ts';

/** A store whose appends are settled as a ledger settles them, so that no outcome is left unknown. */
export function settling(store: EventStore): EventStore {
  const append = async (commits: readonly SealedCommit[]): Promise<AppendResult> => {
    const landed = await appendForSure(
      store,
      commits,
      new AbortController().signal,
      () => {},
      async () => {},
    );
    return { landed, outcome: landed === commits.length ? 'all' : 'conflict' };
  };
  return new Proxy(store, {
    get: (_, name) => {
      if (name === 'append') return append;
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
}
