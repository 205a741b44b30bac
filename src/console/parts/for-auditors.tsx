import type { ReactNode } from 'react';
import { useProject } from '../frame/project-frame.tsx';
import { settings } from '../session/settings.ts';
import { NoRights } from './failed.tsx';
import { Loading } from './loading.tsx';
import { WithoutIdentities } from './without-identities.tsx';

/** For what auditors and owners may read: others are told why it is not there. */
export function ForAuditors({ words, children }: { readonly words: string; readonly children: ReactNode }) {
  const { project, can } = useProject();
  if (settings.auth === 'none') return <WithoutIdentities />;
  if (!project) return <Loading />;
  if (!can('READ_GRANTS')) return <NoRights words={words} />;
  return children;
}
