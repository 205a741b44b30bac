import { timingSafeEqual } from 'node:crypto';
import {
  GraphQLID,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLResolveInfo,
  getNullableType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { canonicalBytes } from '../event-sourcing/event.ts';
import type { IdempotencyClaim } from '../event-sourcing/ledger/command.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import { resourceIdOf } from '../words/ids.ts';

interface Claiming {
  readonly idempotencyKey?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

/**
 * What a retry must match: the mutation and its input as coerced, less the key itself and every field that equals its
 * default, or is null where that means it, so that a default which is added later breaks no retry. An id of the past
 * counts as the resource's.
 */
export function claimIdempotency(info: GraphQLResolveInfo, input: Claiming, keyRing: KeyRing): IdempotencyClaim {
  const { idempotencyKey: key, reason, expectedVersion, ...rest } = input;
  if (typeof key !== 'string') throw new TypeError('there is no idempotency key to claim');
  const type = info.parentType.getFields()[info.fieldName]?.args.find(({ name }) => name === 'input')?.type;
  if (!type) throw new TypeError(`${info.fieldName} has no argument named input`);
  // Of these, null means left out, and so does an empty reason.
  const told = { ...rest, reason: reason || undefined, expectedVersion: expectedVersion ?? undefined };
  const bytes = canonicalBytes([info.fieldName, essence(told, type)]);
  return {
    key,
    ...keyRing.digest('idempotency', bytes),
    matches: (recorded) => {
      const digest = keyRing.digestWith(recorded.keyId, 'idempotency', bytes);
      return digest !== undefined && timingSafeEqual(Buffer.from(digest), Buffer.from(recorded.digest));
    },
  };
}

function essence(value: unknown, type: GraphQLInputType): unknown {
  const bare = getNullableType(type);
  if (bare === GraphQLID && typeof value === 'string') return resourceIdOf(value);
  if (Array.isArray(value) && isListType(bare)) return value.map((item) => essence(item, bare.ofType));
  if (typeof value !== 'object' || value === null || !isInputObjectType(bare)) return value;
  const fields = Object.entries(value).flatMap(([name, member]) => {
    const field = bare.getFields()[name];
    if (member === undefined || !field || isDefault(member, field)) return [];
    return [[name, essence(member, field.type)]];
  });
  return Object.fromEntries(fields);
}

function isDefault(member: unknown, { defaultValue }: GraphQLInputField): boolean {
  if (defaultValue === undefined) return false;
  return member === null || JSON.stringify(defaultValue) === JSON.stringify(member);
}
