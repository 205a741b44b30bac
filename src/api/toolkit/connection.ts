import { type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { Soon } from '../../words/after.ts';
import type { Page } from './paging.ts';
import { PageInfoType } from './shared-types.ts';

/** A page of nodes, as Relay's connections show it. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfoType;
  totalCount(): Soon<number>;
}

/** The object types `NAMEConnection` and `NAMEEdge` over a node type. */
export function connectionType<Node extends object>(name: string, nodeType: () => ClassType<Node>) {
  @ObjectType(`${name}Edge`, { description: 'An entry of the list, and its place in it.' })
  class Edge {
    @Field(() => String, {
      description:
        'The place of this entry in the list and its order, for after or before; it stays valid when other entries change.',
    })
    readonly cursor!: string;

    @Field(() => nodeType(), { description: 'The entry itself.' })
    readonly node!: Node;
  }

  @ObjectType(`${name}Connection`, {
    description: 'One page of a list, 50 entries unless first or last say otherwise.',
  })
  class ConnectionClass implements Connection<Node> {
    constructor(private readonly page: Page<Node>) {}

    @Field(() => [Edge], { description: 'The entries of the page in order, each with its cursor.' })
    get edges(): readonly Edge[] {
      const { entries, cursorOf } = this.page;
      return entries.map(([key, node]) => ({ cursor: cursorOf(key), node }));
    }

    @Field(() => [nodeType()], { description: 'The entries of the page in order, without their cursors.' })
    get nodes(): readonly Node[] {
      return this.page.entries.map(([, node]) => node);
    }

    @Field(() => PageInfoType, { description: 'Whether there is more, and where to go on.' })
    get pageInfo(): PageInfoType {
      return new PageInfoType(this.page);
    }

    @Field(() => Int, {
      description:
        'How many entries the whole list has that fit the filter, not only this page. Counted when asked for.',
    })
    totalCount(): Soon<number> {
      return this.page.total();
    }
  }
  return ConnectionClass;
}

/** The page with another form of its entries. */
export function mapPage<A, B>(page: Page<A>, map: (entry: A) => B): Page<B> {
  return { ...page, entries: page.entries.map(([key, entry]) => [key, map(entry)] as const) };
}
