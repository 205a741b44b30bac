import { MemoryDatabase, MemoryEventStore, MemorySecretStore } from '../../src/stores/memory.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { secretStoreContract } from './secret-store.contract.ts';

eventStoreContract({
  name: 'memory',
  open: async () => {
    const store = new MemoryEventStore();
    return { store, close: () => store.close() };
  },
});

eventStoreContract({
  name: 'memory, shared by two handles',
  open: async () => {
    const database = new MemoryDatabase();
    const open = () => new MemoryEventStore(database, { shared: true });
    const store = open();
    return {
      store,
      another: async () => open(),
      reopen: async (closing) => {
        await closing.close();
        return open();
      },
      close: () => store.close(),
    };
  },
});

secretStoreContract({
  name: 'memory',
  open: async () => ({ store: new MemorySecretStore(), close: async () => {} }),
});
