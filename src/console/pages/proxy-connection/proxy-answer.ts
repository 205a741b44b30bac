import type { Stage } from '../../parts/stage-layout.ts';

/** What the proxy itself answered, as it was seen; undefined where it was not heard. */
export function proxyAnswerOf({ failure, stages }: Answered): string | undefined {
  const heard = (name: string) => stages.find((stage) => stage.name === name && stage.status !== 'SKIPPED')?.detail;
  const blamed = stages.find(({ status }) => status === 'FAILED');
  const isOfProxy = failure === 'NOT_A_PROXY' || failure?.startsWith('PROXY_');
  // A proxy that forwards what it is asked answers in the target's place.
  if (isOfProxy && blamed?.name === 'RESPONSE') return blamed.detail ?? undefined;
  if (blamed?.name === 'PROXY_AUTH') return blamed.detail ?? undefined;
  return heard('TUNNEL') ?? undefined;
}

interface Answered {
  readonly failure: string | null;
  readonly stages: readonly Stage[];
}
