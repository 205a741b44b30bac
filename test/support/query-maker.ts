import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** A request as it is sent. */
export interface MadeQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Values that tests choose from for arguments and members of these names; others are of their type. */
export type Pool = Readonly<Record<string, readonly unknown[]>>;

/** Makes requests to a schema, good and bad, from numbers: the same numbers make the same request. */
export class QueryMaker {
  private variables: Record<string, unknown> = {};
  private declared: string[] = [];
  private numbers: readonly number[] = [];
  private at = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly pool: Pool,
  ) {}

  make(root: GraphQLObjectType, operation: string, numbers: readonly number[]): MadeQuery {
    [this.variables, this.declared, this.numbers, this.at] = [{}, [], numbers, 0];
    const body = this.selection(root, 4, 1 + this.next(2));
    const head = this.declared.length > 0 ? `(${this.declared.join(', ')})` : '';
    return { query: `${operation} Q${head} ${body}`, variables: this.variables };
  }

  /** A number from 0 to one less than this. */
  private next(below: number): number {
    const number = this.numbers[this.at % this.numbers.length] ?? 0;
    this.at += 1;
    return number % below;
  }

  private selection(type: GraphQLObjectType, depth: number, most = 1 + this.next(4)): string {
    const fields = Object.values(type.getFields()).filter((field) => depth > 0 || isLeafType(getNamedType(field.type)));
    const chosen: string[] = [];
    for (let count = 0; count < most; count += 1) {
      const field = fields[this.next(fields.length)];
      if (!field) continue;
      const of = getNamedType(field.type);
      const below = isObjectType(of)
        ? ` ${this.selection(of, depth - 1)}`
        : isInterfaceType(of)
          ? ` ${this.fragments(of.name, depth - 1)}`
          : '';
      // Each in a place of its own: selections that do not merge would be most of what is made.
      chosen.push(`f${count}: ${field.name}${this.args(field.args)}${this.condition()}${below}`);
    }
    chosen.push(this.next(3) === 0 ? '__typename' : `last: __typename`);
    return `{ ${chosen.join(' ')} }`;
  }

  private fragments(name: string, depth: number): string {
    const type = this.schema.getType(name);
    const possible = isInterfaceType(type) ? this.schema.getPossibleTypes(type) : [];
    const some = possible.filter(() => this.next(2) === 0).slice(0, 2);
    const parts = some.map(
      (each, place) =>
        `... on ${each.name} { of${place}: __typename ${this.selection(each, Math.min(depth, 1)).slice(1)}`,
    );
    return `{ __typename ${parts.map((part) => part.replaceAll(/\bf(\d)/g, `${'f'}$1`)).join(' ')} }`;
  }

  private condition(): string {
    const kind = this.next(12);
    if (kind === 0) return ` @skip(if: ${this.next(2) === 0})`;
    if (kind !== 1) return '';
    return ` @include(if: ${this.variable('Boolean!', this.next(2) === 0)})`;
  }

  private args(args: readonly GraphQLArgument[]): string {
    const given = args.filter(({ type }) => isNonNullType(type) || this.next(3) === 0);
    if (given.length === 0) return '';
    const parts = given.map(({ name, type }) => {
      const value = this.value(name, type);
      return `${name}: ${this.next(2) === 0 ? this.variable(String(type), value) : this.literal(value, type)}`;
    });
    return `(${parts.join(', ')})`;
  }

  private variable(type: string, value: unknown): string {
    const name = `v${this.declared.length}`;
    this.declared.push(`$${name}: ${type}`);
    if (value !== undefined) this.variables[name] = value;
    return `$${name}`;
  }

  private value(name: string, type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return this.value(name, type.ofType);
    if (this.next(15) === 0) return null;
    const pooled = this.pool[name];
    if (pooled && !isInputObjectType(type)) return pooled[this.next(pooled.length)];
    if (isListType(type)) return [this.value(name, type.ofType)];
    if (isEnumType(type)) return type.getValues()[this.next(type.getValues().length)]?.name;
    if (isInputObjectType(type)) {
      const members = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || this.next(4) === 0,
      );
      return Object.fromEntries(members.map((member) => [member.name, this.value(member.name, member.type)]));
    }
    return (
      { Int: [0, 3, -1, 101, 1.5], Boolean: [true, false], DateTime: ['2026-11-24T09:30:00Z', 'soon'] }[type.name]?.[
        this.next(2)
      ] ?? ['crm', '', 'x'][this.next(3)]
    );
  }

  private literal(value: unknown, type: GraphQLInputType): string {
    const bare = isNonNullType(type) ? type.ofType : type;
    if (value === null || value === undefined) return 'null';
    if (isEnumType(bare)) return String(value);
    if (isListType(bare) && Array.isArray(value))
      return `[${value.map((item) => this.literal(item, bare.ofType)).join(', ')}]`;
    if (isInputObjectType(bare) && typeof value === 'object') {
      const fields = bare.getFields();
      const members = Object.entries(value).map(
        ([name, member]) => `${name}: ${this.literal(member, fields[name]?.type as GraphQLInputType)}`,
      );
      return `{ ${members.join(', ')} }`;
    }
    return JSON.stringify(value);
  }
}
