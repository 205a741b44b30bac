import {
  type ExecutionResult,
  type GraphQLAbstractType,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLString,
  GraphQLError as GraphqlError,
  getArgumentValues,
  isObjectType,
  locatedError,
  OperationTypeNode,
} from 'graphql';
import { isSliceOver } from '../../words/slices.ts';
import { unreachable } from '../../words/unreachable.ts';
import type { Counted } from '../toolkit/answer-size.ts';
import type { Variables } from './coercion.ts';
import { type FieldPlan, type ObjectPlan, type Plan, type Shape, typeNameOf } from './plan.ts';
import { type AnswerTexts, type RowShown, RowText, type RowTexts } from './row-texts.ts';

/** A place in an answer; the same object for all that is below it. */
interface Path {
  readonly prev: Path | undefined;
  readonly key: string | number;
  readonly typename: string | undefined;
}

/** Texts that are kept, and whether any are in the answer that is being made. */
interface KnownTexts {
  readonly rows: RowTexts;
  readonly answer: AnswerTexts;
}

/** One execution of a plan. */
interface Run<Context extends Counted> {
  readonly plan: Plan;
  readonly context: Context;
  readonly variables: Variables;
  /** Of fields, by their numbers. */
  readonly args: (Record<string, unknown> | undefined)[];
  readonly errors: GraphQLError[];
  /** Places that are null for an error. */
  readonly nulled: Set<Path | undefined>;
  /** Undefined: rows are not told as texts. */
  readonly texts: KnownTexts | undefined;
}

/**
 * Executes a plan as graphql-js would (`execute`, version 16: order of resolvers, what becomes of errors, their paths and
 * places), but does nothing that was done when the plan was made. Without a promise where no resolver answers one.
 *
 * @param texts has objects that show rows as `RowText` in the answer, as far as they are told by their rows alone
 */
export function executePlan<Context extends Counted>(
  plan: Plan,
  variables: Variables,
  context: Context,
  texts?: KnownTexts,
): ExecutionResult | Promise<ExecutionResult> {
  const args = new Array<Record<string, unknown> | undefined>(plan.argued);
  const run: Run<Context> = { plan, context, variables, args, errors: [], nulled: new Set(), texts };
  const failed = (error: unknown) => {
    addError(run, error as GraphQLError, undefined);
    return answerOf(null, run);
  };
  try {
    const isSerial = plan.operation.operation === OperationTypeNode.MUTATION;
    const data = isSerial ? executeSerially(run, plan.root) : executeObject(run, plan.root, undefined, undefined);
    return isPromise<object>(data) ? data.then((object) => answerOf(object, run), failed) : answerOf(data, run);
  } catch (error) {
    return failed(error);
  }
}

function answerOf(data: object | null, { errors }: Run<Counted>): ExecutionResult {
  const answer = data as Record<string, unknown> | null;
  return errors.length === 0 ? { data: answer } : { errors, data: answer };
}

function executeSerially(run: Run<Counted>, plan: ObjectPlan): object | Promise<object> {
  count(run, plan);
  const results: Record<string, unknown> = {};
  const from = (index: number): object | Promise<object> => {
    for (let at = index; at < plan.fields.length; at += 1) {
      const field = plan.fields[at] as FieldPlan;
      const result = executeField(run, field, undefined, undefined);
      if (isPromise(result)) {
        return result.then((value) => {
          results[field.key] = value;
          return from(at + 1);
        });
      }
      results[field.key] = result;
    }
    return results;
  };
  return from(0);
}

function executeObject(
  run: Run<Counted>,
  plan: ObjectPlan,
  source: unknown,
  path: Path | undefined,
): object | Promise<object> {
  count(run, plan);
  const results: Record<string, unknown> = {};
  let isPending = false;
  try {
    for (const field of plan.fields) {
      const result = executeField(run, field, source, path);
      results[field.key] = result;
      isPending ||= isPromise(result);
    }
  } catch (error) {
    if (!isPending) throw error;
    // What is under way may fail as well, which must not go unnoticed.
    return whole(results).finally(() => {
      throw error;
    });
  }
  return isPending ? whole(results) : results;
}

async function whole(results: Readonly<Record<string, unknown>>): Promise<object> {
  const keys = Object.keys(results);
  const values = await Promise.all(Object.values(results));
  return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
}

function count({ context: { answer } }: Run<Counted>, { fields, characters }: ObjectPlan): void {
  answer.addFields(fields.length, characters);
}

function executeField(run: Run<Counted>, field: FieldPlan, source: unknown, parent: Path | undefined): unknown {
  if (field.leaf && !field.resolve) {
    const value = plainMember(run, field, source);
    if (value !== undefined) return value;
  }
  const path: Path = { prev: parent, key: field.key, typename: field.parentType.name };
  try {
    const value = resolve(run, field, source, path);
    const completed = isPromise(value)
      ? value.then((resolved) => completeInTurn(run, field, path, resolved))
      : completeInTurn(run, field, path, value);
    if (!isPromise(completed)) return completed;
    return completed.then(undefined, (error) => handle(run, field, field.shape, path, error));
  } catch (error) {
    return handle(run, field, field.shape, path, error);
  }
}

/** What is told of a member as it is; undefined for whatever needs a closer look. */
function plainMember({ context }: Run<Counted>, { name, leaf, isRequired }: FieldPlan, source: unknown): unknown {
  try {
    const value = (source as Record<string, unknown>)[name];
    if (value === null && !isRequired) return null;
    if (typeof value === 'string') context.answer.addValue(value);
    if (typeof value === 'string') return leaf === GraphQLString ? value : (leaf?.serialize(value) ?? undefined);
    return typeof value === 'number' || typeof value === 'boolean' ? (leaf?.serialize(value) ?? undefined) : undefined;
  } catch {
    // It fails once more where its place is known.
    return undefined;
  }
}

function resolve(run: Run<Counted>, field: FieldPlan, source: unknown, path: Path): unknown {
  const { context } = run;
  // What would be answered no more is not done either.
  if (field.resolve) context.answer.check();
  if (field.resolve) return field.resolve(source, argumentsOf(run, field), context, infoOf(run, field, path));
  if (typeof source !== 'object' || source === null) return undefined;
  const member = (source as Record<string, unknown>)[field.name];
  if (typeof member !== 'function') return member;
  return member.call(source, argumentsOf(run, field), context, infoOf(run, field, path));
}

/** The same for all objects of a list. */
function argumentsOf(run: Run<Counted>, { argumentsNumber: number, definition, nodes }: FieldPlan): object {
  if (number === undefined) return {};
  let args = run.args[number];
  if (!args) {
    const [node] = nodes;
    if (!node) throw new TypeError('a field has a node');
    args = getArgumentValues(definition, node, run.variables);
    run.args[number] = args;
  }
  return args;
}

function infoOf({ plan, variables }: Run<Counted>, field: FieldPlan, path: Path): GraphQLResolveInfo {
  const { schema, fragments, operation } = plan;
  return {
    fieldName: field.name,
    fieldNodes: field.nodes,
    returnType: field.type,
    parentType: field.parentType,
    path,
    schema,
    fragments,
    rootValue: undefined,
    operation,
    variableValues: variables,
  };
}

/** Large work is done in slices: what is below an object or a list begins in one that is not used up. */
function completeInTurn(run: Run<Counted>, field: FieldPlan, path: Path, value: unknown): unknown {
  const hasMore = typeof value === 'object' && value !== null && !(value instanceof Error) && !field.leaf;
  if (!hasMore || !isSliceOver()) return complete(run, field, field.shape, path, value);
  const { slices } = run.context;
  return (Array.isArray(value) ? slices.next() : slices.some()).then(() =>
    complete(run, field, field.shape, path, value),
  );
}

function complete(run: Run<Counted>, field: FieldPlan, shape: Shape, path: Path, value: unknown): unknown {
  if (value instanceof Error) throw value;
  if (shape.kind === 'required') {
    const completed = complete(run, field, shape.of, path, value);
    if (completed !== null) return completed;
    throw new Error(`Cannot return null for non-nullable field ${field.parentType.name}.${field.name}.`);
  }
  if (value === null || value === undefined) return null;
  switch (shape.kind) {
    case 'list':
      return completeList(run, field, shape.of, path, value);
    case 'object':
      return completeObject(run, field, shape.type, path, value);
    case 'abstract':
      return completeAbstract(run, field, shape.type, path, value);
    case 'leaf': {
      const serialized = shape.type.serialize(value);
      if (serialized === null || serialized === undefined) throw new Error(`${shape.type.name} has no form of a value`);
      run.context.answer.addValue(serialized);
      return serialized;
    }
    default:
      return unreachable(shape);
  }
}

function completeList(
  run: Run<Counted>,
  field: FieldPlan,
  itemShape: Shape,
  path: Path,
  value: unknown,
): unknown[] | Promise<unknown[]> {
  if (!isIterable(value)) {
    throw new GraphqlError(
      `Expected Iterable, but did not find one for field "${field.parentType.name}.${field.name}".`,
    );
  }
  let isPending = false;
  const items = Array.from(value, (item, index) => {
    const itemPath: Path = { prev: path, key: index, typename: undefined };
    try {
      const completed = isPromise(item)
        ? item.then((resolved) => complete(run, field, itemShape, itemPath, resolved))
        : complete(run, field, itemShape, itemPath, item);
      if (!isPromise(completed)) return completed;
      isPending = true;
      return completed.then(undefined, (error) => handle(run, field, itemShape, itemPath, error));
    } catch (error) {
      return handle(run, field, itemShape, itemPath, error);
    }
  });
  return isPending ? Promise.all(items) : items;
}

function completeAbstract(
  run: Run<Counted>,
  field: FieldPlan,
  type: GraphQLAbstractType,
  path: Path,
  value: unknown,
): unknown {
  const named = typeNameOf(type)(value, run.context, infoOf(run, field, path), type);
  const go = (name: string | undefined) => completeObject(run, field, runtimeType(run, type, name), path, value);
  return isPromise<string | undefined>(named) ? named.then(go) : go(named);
}

function runtimeType({ plan }: Run<Counted>, type: GraphQLAbstractType, name: string | undefined): GraphQLObjectType {
  const found = name === undefined ? undefined : plan.schema.getType(name);
  if (!isObjectType(found) || !plan.schema.isSubType(type, found)) {
    throw new Error(`"${type.name}" was resolved to ${String(name)}, which is no possible type of it`);
  }
  return found;
}

function completeObject(
  run: Run<Counted>,
  field: FieldPlan,
  type: GraphQLObjectType,
  path: Path,
  value: unknown,
): object | Promise<object> {
  const below = field.below(type);
  const row = run.texts && below.isOfRow && isRowShown(value) ? value : undefined;
  const known = row && run.texts?.rows.find(below, row);
  if (known && run.texts) {
    run.texts.answer.isUsed = true;
    run.context.answer.addCounted(known);
    return known;
  }
  const isOfType = type.isTypeOf?.(value, run.context, infoOf(run, field, path)) ?? true;
  const go = (isIt: boolean) => {
    if (!isIt) throw new Error(`what should be of the type "${type.name}" is not`);
    return row ? executeRow(run, below, row, path) : executeObject(run, below, value, path);
  };
  return isPromise<boolean>(isOfType) ? isOfType.then(go) : go(isOfType);
}

function isRowShown(value: unknown): value is RowShown {
  return (value as Partial<RowShown>).shown !== undefined;
}

/** What went well is kept. */
function executeRow(run: Run<Counted>, plan: ObjectPlan, row: RowShown, path: Path): object | Promise<object> {
  const { answer } = run.context;
  const { bytes, fields } = answer;
  const faults = run.errors.length;
  const result = executeObject(run, plan, row, path);
  if (isPromise(result) || run.errors.length > faults) return result;
  const text = new RowText(JSON.stringify(result), answer.fields - fields, answer.bytes - bytes);
  if (!run.texts) return result;
  run.texts.rows.keep(plan, row, text);
  run.texts.answer.isUsed = true;
  return text;
}

/** Null in the place of what failed, unless that may not be: then its error is its parent's. */
function handle(run: Run<Counted>, field: FieldPlan, shape: Shape, path: Path, raw: unknown): null {
  const error = locatedError(raw, field.nodes, pathArray(path));
  if (shape.kind === 'required') throw error;
  addError(run, error, path);
  return null;
}

/** What failed below a place that is null by then is told of no more. */
function addError({ errors, nulled }: Run<Counted>, error: GraphQLError, path: Path | undefined): void {
  for (let at = path; at; at = at.prev) if (nulled.has(at)) return;
  if (nulled.has(undefined)) return;
  nulled.add(path);
  errors.push(error);
}

function pathArray(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse();
}

function isPromise<T>(value: unknown): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as Promise<T>).then === 'function';
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
