import { randomUUID } from 'node:crypto';
import type { GraphQLResolveInfo } from 'graphql';
import { FIELD_RIGHTS, type MutationField } from '../access/field-rights.ts';
import { INSTANCE } from '../access/instance.ts';
import { NotPermittedError } from '../access/not-permitted.ts';
import type { Right } from '../access/roles.ts';
import type { Event, SealedCommit } from '../event-sourcing/event.ts';
import type { IdempotencyClaim } from '../event-sourcing/ledger/command.ts';
import type { Command, ProjectImage } from '../project/project-model.ts';
import { isProjectKey } from '../projects/project-input.ts';
import { secretRefsIn } from '../secrets/secret-refs.ts';
import { checkWellFormed, LIMITS, readProse } from '../words/fields.ts';
import { withMaskedErrors } from '../words/masked-errors.ts';
import { Faults, type Refusal } from '../words/refusal.ts';
import { codePoints, isWellFormed } from '../words/text.ts';
import { unreachable } from '../words/unreachable.ts';
import type { RequestContext } from './context.ts';

import { claimIdempotency } from './idempotency.ts';

/** What every input that edits takes besides its own fields. */
export interface MutationForm {
  readonly idempotencyKey?: string | null | undefined;
  readonly reason?: string | null | undefined;
}

/** What came of a mutation: with user errors nothing was appended, without a commit nothing had to change. */
export type Mutated =
  | { readonly refusals: readonly Refusal[] }
  | {
      readonly refusals?: never;
      /** As of the commit, or the newest one. */
      readonly image: ProjectImage;
      readonly commit?: SealedCommit;
    };

/** Makes the command, notes what is wrong with the form, and hands secrets over for their references. */
export type ReadCommand = (faults: Faults, keepSecret: (text: string) => string) => Command;

/**
 * The way of every mutation: the asker's right, the form of the input, then the ledger, which judges the right anew on
 * the state that it decides on.
 */
export async function mutate(
  context: RequestContext,
  info: GraphQLResolveInfo,
  /** Undefined when the input names none that could exist. */
  project: string | undefined,
  form: MutationForm,
  read: ReadCommand,
): Promise<Mutated> {
  return mutateLog(context, info, project !== undefined && isProjectKey(project) ? project : undefined, form, read);
}

/** The same for the log of the instance. */
export function mutateInstance(
  context: RequestContext,
  info: GraphQLResolveInfo,
  form: MutationForm,
  read: ReadCommand,
): Promise<Mutated> {
  return mutateLog(context, info, INSTANCE, form, read);
}

async function mutateLog(
  context: RequestContext,
  info: GraphQLResolveInfo,
  log: string | undefined,
  form: MutationForm,
  read: ReadCommand,
): Promise<Mutated> {
  const right = rightOf(info);
  const permitted = await context.permitted(log, right);
  const faults = new Faults();
  const texts = new Map<string, string>();
  const command = read(faults, (text) => {
    const secretRef = randomUUID();
    texts.set(secretRef, text);
    return secretRef;
  });
  const reason = readProse(form.reason, ['input', 'reason'], faults);
  const claims = readIdempotencyKey(form, faults);
  checkWellFormed(form, ['input'], faults);
  if (faults.any) return { refusals: faults.all };
  if (permitted === undefined) return { refusals: [unknownPlace(form)] };
  const mutated = await withMaskedErrors([...texts.values()], async () => {
    const idempotency = claims ? claimIdempotency(info, form, context.services.keyRing) : undefined;
    return execute(context, info, permitted, command, { right, reason, idempotency, texts });
  });
  return mutated ?? { refusals: [unknownPlace(form)] };
}

/** The right that the table has for the mutation that is under way. */
export function rightOf({ fieldName }: GraphQLResolveInfo): Right {
  return FIELD_RIGHTS.Mutation[fieldName as MutationField];
}

/** Undefined when the asker turned out not to be one who may read the project. */
async function execute(
  context: RequestContext,
  info: GraphQLResolveInfo,
  project: string,
  command: Command,
  more: {
    right: Right;
    reason: string | null;
    idempotency: IdempotencyClaim | undefined;
    texts: ReadonlyMap<string, string>;
  },
): Promise<Mutated | undefined> {
  const { right, reason, idempotency, texts } = more;
  const { ledgers, store } = context.services;
  const { actor, standing } = await context.asker();
  const outcome = await ledgers.execute(project, {
    actor,
    ...(standing && { standing }),
    right,
    command,
    ...(reason !== null && { reason }),
    ...(idempotency && { idempotency }),
    ...(texts.size > 0 && { prepare: (events) => storeSecrets(context, project, events, texts) }),
  });
  switch (outcome.kind) {
    case 'appended':
      context.receipts.noteCommit(info, outcome.sealed);
      return { image: outcome.image, commit: outcome.sealed };
    case 'unchanged':
      return { image: outcome.image };
    case 'refused':
      return { refusals: outcome.refusals };
    case 'barred':
      if (outcome.mayRead) throw new NotPermittedError(right);
      return undefined;
    case 'key-reused': {
      const message = 'this idempotency key was used before, for another mutation or input';
      return { refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED', path: ['input', 'idempotencyKey'], message }] };
    }
    case 'replayed': {
      const { position } = outcome;
      context.receipts.note(info, { projectKey: project, position, hash: null });
      const image = await ledgers.viewAsOf(project, { position });
      for await (const commit of store.read(project, { after: position - 1, upTo: position })) {
        context.receipts.noteCommit(info, commit);
        if (image) return { image, commit };
      }
      throw new Error(`the commit at position ${position} of project ${project} is missing`);
    }
    default:
      return unreachable(outcome);
  }
}

/** Only what the events refer to is stored: a value may have turned out to be no secret. */
async function storeSecrets(
  { services: { secrets } }: RequestContext,
  project: string,
  events: readonly Event[],
  texts: ReadonlyMap<string, string>,
): Promise<void> {
  const at = new Date().toISOString();
  const sealed = events.flatMap(({ subject, data }) =>
    secretRefsIn(data).flatMap((secretId) => {
      const text = texts.get(secretId);
      return subject && text !== undefined
        ? [secrets.seal({ project, resourceId: subject.id, secretId, text, at })]
        : [];
    }),
  );
  await secrets.write(sealed);
}

function readIdempotencyKey({ idempotencyKey: key }: MutationForm, faults: Faults): boolean {
  if (key === null || key === undefined) return false;
  const path = ['input', 'idempotencyKey'];
  const rule = `an idempotency key has 1 to ${LIMITS.idempotencyKey} printable characters`;
  if (!isWellFormed(key) || key === '' || codePoints(key) > LIMITS.idempotencyKey || /[\p{C}\p{Zl}\p{Zp}]/u.test(key)) {
    faults.invalid(path, rule);
  }
  return true;
}

function unknownPlace(form: MutationForm): Refusal {
  const field = 'id' in form ? 'id' : 'projectKey' in form ? 'projectKey' : 'key';
  const what = field === 'id' ? 'there is no such resource' : 'there is no project with this key';
  return { code: 'NOT_FOUND', path: ['input', field], message: what };
}
