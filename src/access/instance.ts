import type { Decision } from '../event-sourcing/images/projection.ts';
import type { InstanceEvent } from './access-events.ts';

/** The key of the instance's own log. No project can have it. */
export const INSTANCE = '$instance';

/** That the server's settings name these administrators. */
export interface SetAdministrators {
  readonly type: 'SetAdministrators';
  /** As principals' texts, each once, in the order of their code units. */
  readonly administrators: readonly string[];
}

export type InstanceCommand = SetAdministrators;

export function decideInstance(
  { administrators: before }: { readonly administrators: readonly string[] },
  { administrators }: SetAdministrators,
): Decision<never> {
  if (JSON.stringify(before) === JSON.stringify(administrators)) return { events: [] };
  const event: InstanceEvent = {
    type: 'AdministratorsSet',
    data: { set: { administrators }, was: { administrators: before } },
  };
  return { events: [{ ...event, v: 1 }] };
}
