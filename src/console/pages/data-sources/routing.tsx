import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { useAddress } from '../../time/moment.ts';
import type { ShownDataSource } from '../data-source/shown-data-source.ts';
import styles from './routing.module.css';

/** Which way the calls of a data source go. */
export function Routing({ dataSource: { routing, proxyConnection } }: { readonly dataSource: ShownDataSource }) {
  const { key } = useProject();
  const address = useAddress();
  if (routing === 'DIRECT' || proxyConnection === null) return 'direct';
  const proxy = (
    <Link href={address(`/projects/${key}/proxy-connections/${proxyConnection.resourceId}`)}>
      {proxyConnection.name}
    </Link>
  );
  if (routing === 'PROXY') return <>through {proxy}</>;
  return (
    <span className={styles.refused}>
      <strong className={styles.mark}>Proxy deleted</strong> {proxy}: calls are refused
    </span>
  );
}
