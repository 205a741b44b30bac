import { createContext, type ReactNode, use, useMemo } from 'react';
import { type Client, Provider } from 'urql';
import type { Session } from '../session/session.ts';
import { Connection } from './connection.ts';
import { type Following, followProject } from './follow-project.ts';
import { ledgerClient } from './ledger-client.ts';
import { Outdated } from './outdated.ts';
import { Refresh } from './refresh.ts';

/** All that speaks with the server, once for the page. */
export interface Ledger {
  readonly session: Session;
  readonly client: Client;
  readonly connection: Connection;
  readonly refresh: Refresh;
  readonly outdated: Outdated;
  /** Refreshes what is shown when something changes in a project. @returns stops it */
  follow(projectKey: string, position: number): () => void;
}

const LedgerContext = createContext<Ledger | undefined>(undefined);

export function LedgerProvider({ endpoint, session, children }: LedgerProviderProps) {
  const ledger = useMemo(() => openLedger(endpoint, session), [endpoint, session]);
  return (
    <LedgerContext value={ledger}>
      <Provider value={ledger.client}>{children}</Provider>
    </LedgerContext>
  );
}

interface LedgerProviderProps {
  readonly endpoint: URL;
  readonly session: Session;
  readonly children: ReactNode;
}

export function useLedger(): Ledger {
  const ledger = use(LedgerContext);
  if (!ledger) throw new Error('there is no LedgerProvider above');
  return ledger;
}

function openLedger(endpoint: URL, session: Session): Ledger {
  const connection = new Connection();
  const refresh = new Refresh();
  const following: Following = {
    endpoint,
    connection,
    authorization: () => session.authorization(),
    changed: () => refresh.soon(),
  };
  return {
    session,
    connection,
    refresh,
    outdated: new Outdated(),
    client: ledgerClient(endpoint, session, connection),
    follow: (projectKey, position) => followProject(projectKey, position, following),
  };
}
