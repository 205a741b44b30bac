import { MemorySecretStore, MemorySnapshotStore } from '../../src/stores/memory.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { secretStoreContract } from './secret-store.contract.ts';
import { snapshotStoreContract } from './snapshot-store.contract.ts';
import { MEMORY, SHARED_MEMORY } from './subjects.ts';

eventStoreContract(MEMORY);
eventStoreContract(SHARED_MEMORY);
secretStoreContract({
  name: 'memory',
  open: async () => ({ store: new MemorySecretStore(), close: async () => {} }),
});
snapshotStoreContract({
  name: 'memory',
  open: async () => ({ store: new MemorySnapshotStore(), close: async () => {} }),
});
