import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type ValidationRule,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { readOperation } from '../read-operation.ts';
import type { Counted } from '../toolkit/answer-size.ts';
import { countLiveFields, MOST_LIVE_FIELDS } from '../toolkit/live-fields.ts';
import { costError } from '../toolkit/query-cost.ts';
import { MOST_VALUES } from '../toolkit/query-limits.ts';
import { hasMoreValues } from '../toolkit/variables.ts';
import { type CoerceVariables, compileVariables, UnfitError, type Variables } from './coercion.ts';
import { type Conditions, conditionsOf } from './conditions.ts';
import { executePlan } from './execute-plan.ts';
import { makePlan, type Plan } from './plan.ts';
import { type AnswerTexts, RowTexts } from './row-texts.ts';

/** Texts that are known, and what all of them take in memory, about: what is read of a text takes far more than the text. */
const MOST_OPERATIONS = 1_000;
const MOST_BYTES = 64 * 1024 * 1024;
const BYTES_OF_A_CHARACTER = 2;
/** Of a document, with its part of a plan. */
const BYTES_OF_A_NODE = 250;
/** Of one operation: what its conditions leave of it, and what it was found to cost at most. */
const MOST_PLANS = 16;
const MOST_COSTS = 20;
/** Of the values that a cost is kept by. */
const LONGEST_KEY = 200;
/** Characters of variables by which answers are kept. */
const LONGEST_KEPT = 4_000;

/** An operation that is to be executed with these variables. */
export interface Ready {
  readonly document: DocumentNode;
  /** Changes nothing. */
  readonly isQuery: boolean;
  /** Undefined: its answer is never kept. */
  readonly kept: KeptBy | undefined;
  /** @param texts has rows as `RowText` in the answer, and is told whether there are any */
  execute(context: Counted, texts?: AnswerTexts): ExecutionResult | Promise<ExecutionResult>;
}

/** What an answer is kept by. */
export interface KeptBy {
  /** The operation and its variables, less those that only say how new an answer has to be. */
  readonly key: string;
  readonly tellsAsker: boolean;
  /** What those say. */
  readonly leastPosition: number;
}

/**
 * Operations that were read once: parsed, validated, and planned. What is not plainly sound is none of them: Apollo
 * Server takes it, so that every fault of a request is worded in one place.
 */
export class PreparedOperations {
  private readonly known = new LRUCache<string, PreparedOperation | typeof UNSOUND>({
    max: MOST_OPERATIONS,
    maxSize: MOST_BYTES,
    sizeCalculation: (of, key) => key.length * BYTES_OF_A_CHARACTER + (of === UNSOUND ? BYTES_OF_A_NODE : of.bytes),
  });

  private readonly texts = new RowTexts();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly rules: readonly ValidationRule[],
  ) {}

  /** Undefined when it is none, or its variables do not fit, or it would cost too much. */
  find(query: string, operationName: string | undefined, given: Variables): Ready | undefined {
    const key = operationName === undefined ? query : `${operationName}\n${query}`;
    let found = this.known.get(key);
    if (found === undefined) {
      found = this.prepare(query, operationName) ?? UNSOUND;
      this.known.set(key, found);
    }
    return found === UNSOUND ? undefined : found.with(given);
  }

  private prepare(query: string, operationName: string | undefined): PreparedOperation | undefined {
    // JavaScript's objects do not take such a name like others.
    if (query.includes('__proto__')) return undefined;
    const read = readOperation(this.schema, this.rules, { query, operationName });
    if (!('document' in read)) return undefined;
    const { document, operation } = read;
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    if (countLiveFields(operation, fragments) > MOST_LIVE_FIELDS) return undefined;
    return new PreparedOperation(this.schema, document, operation, fragments, this.texts);
  }
}

const UNSOUND = Symbol('unsound');

let numbers = 0;

function nextNumber(): number {
  numbers += 1;
  return numbers;
}

function nodesOf(document: DocumentNode): number {
  let nodes = 0;
  visit(document, {
    enter: () => {
      nodes += 1;
    },
  });
  return nodes;
}

export class PreparedOperation {
  /** Of memory, about. */
  readonly bytes: number;
  /** Never another one's. */
  private readonly number = nextNumber();
  private readonly conditions: Conditions;
  private readonly coerce: CoerceVariables;
  private readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** By the values of the conditions; null: graphql-js shall execute it. */
  private readonly plans = new Map<string, Plan | null>();
  /** Keys of what was found to be within the limit. */
  private readonly affordable = new Set<string>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly document: DocumentNode,
    readonly operation: OperationDefinitionNode,
    fragments: readonly FragmentDefinitionNode[],
    private readonly texts: RowTexts,
  ) {
    this.conditions = conditionsOf(schema, document);
    this.bytes = nodesOf(document) * BYTES_OF_A_NODE * Math.min(MOST_PLANS, 2 ** this.conditions.selecting.length);
    this.coerce = compileVariables(schema, operation);
    this.fragments = Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  with(given: Variables): Ready | undefined {
    if (hasMoreValues(given, MOST_VALUES)) return undefined;
    let variables: Record<string, unknown>;
    try {
      variables = this.coerce(given);
    } catch (error) {
      if (error instanceof UnfitError) return undefined;
      throw error;
    }
    if (!this.isAffordable(given)) return undefined;
    const plan = this.plan(variables);
    if (!plan) return undefined;
    return {
      document: this.document,
      isQuery: this.operation.operation === OperationTypeNode.QUERY,
      kept: this.keptBy(variables),
      execute: (context, answer) => executePlan(plan, variables, context, answer && { rows: this.texts, answer }),
    };
  }

  private keptBy(variables: Variables): KeptBy | undefined {
    const { keeping } = this.conditions;
    if (!keeping) return undefined;
    const { reaching, tellsAsker } = keeping;
    let leastPosition = 0;
    let asked = variables;
    if (reaching.length > 0) {
      const others = { ...variables };
      for (const name of reaching) {
        leastPosition = Math.max(leastPosition, Number(variables[name] ?? 0));
        delete others[name];
      }
      asked = others;
    }
    const text = JSON.stringify(asked);
    return text.length > LONGEST_KEPT ? undefined : { key: `${this.number} ${text}`, tellsAsker, leastPosition };
  }

  private plan(variables: Variables): Plan | null {
    const { selecting } = this.conditions;
    const key = selecting.length === 0 ? '' : JSON.stringify(selecting.map((name) => variables[name]));
    let plan = this.plans.get(key);
    if (plan === undefined) {
      if (this.plans.size >= MOST_PLANS) return null;
      // A plan is kept, and these alone with it: others may be large, or secret.
      const chosen = Object.fromEntries(
        selecting.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
      );
      plan = makePlan(this.schema, this.operation, this.fragments, chosen) ?? null;
      this.plans.set(key, plan);
    }
    return plan;
  }

  private isAffordable(given: Variables): boolean {
    const key = this.costKey(given);
    if (key !== undefined && this.affordable.has(key)) return true;
    if (costError(this.schema, this.document, this.operation, given)) return false;
    if (key !== undefined) {
      if (this.affordable.size >= MOST_COSTS) this.affordable.clear();
      this.affordable.add(key);
    }
    return true;
  }

  /** Two requests with the same key cost the same. Undefined: it is too long to be kept. */
  private costKey(given: Variables): string | undefined {
    const { costing } = this.conditions;
    let key = '';
    for (const { variable } of this.operation.variableDefinitions ?? []) {
      const value = given[variable.name.value];
      key += value === undefined ? 'a' : value === null ? 'n' : 'p';
    }
    for (const name of costing) {
      key += ` ${JSON.stringify(given[name])}`;
      if (key.length > LONGEST_KEY) return undefined;
    }
    return key;
  }
}
