import type { Decision } from '../../src/event-sourcing/images/projection.ts';
import type { Refusal } from '../../src/words/refusal.ts';

/** What is expected of a decision. A refusal where events are expected, and the other way round, is told whole. */
export function expecting(decision: Decision<Refusal>) {
  const events = 'events' in decision ? decision.events : undefined;
  const refusals = 'refusals' in decision ? decision.refusals : undefined;
  return {
    thenEvents: (...types: readonly string[]) => expect(events?.map(({ type }) => type) ?? refusals).toEqual(types),
    thenData: (...data: readonly object[]) => expect(events?.map((event) => event.data) ?? refusals).toEqual(data),
    thenVersions: (...versions: readonly number[]) =>
      expect(events?.map(({ subject }) => subject?.version) ?? refusals).toEqual(versions),
    thenRefused: (...errors: readonly string[]) =>
      expect(refusals?.map(({ code, path }) => `${code} ${path.join('.')}`) ?? events).toEqual(errors),
  };
}
