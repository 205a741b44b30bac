import { MemorySecretStore } from '../../src/stores/memory.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { secretStoreContract } from './secret-store.contract.ts';
import { MEMORY, SHARED_MEMORY } from './subjects.ts';

eventStoreContract(MEMORY);
eventStoreContract(SHARED_MEMORY);
secretStoreContract({
  name: 'memory',
  open: async () => ({ store: new MemorySecretStore(), close: async () => {} }),
});
