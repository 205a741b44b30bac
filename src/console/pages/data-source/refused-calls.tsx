import { Alert } from '@mantine/core';
import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { useAddress } from '../../time/moment.ts';
import styles from './refused-calls.module.css';
import type { ShownDataSource } from './shown-data-source.ts';

/** Says that the proxy connection of a data source was deleted, and what can be done. */
export function RefusedCalls({ dataSource: { routing, proxyConnection } }: { readonly dataSource: ShownDataSource }) {
  const { key } = useProject();
  const address = useAddress();
  if (routing !== 'PROXY_DELETED' || proxyConnection === null) return null;
  return (
    <Alert color="red" variant="filled" role="alert" title="Proxy deleted: calls are refused" className={styles.band}>
      <Link href={address(`/projects/${key}/proxy-connections/${proxyConnection.resourceId}`)} className={styles.link}>
        {proxyConnection.name}
      </Link>{' '}
      was deleted, and calls never go around it. Restore it, select another one, or connect without.
    </Alert>
  );
}
