import { type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { Page } from './paging.ts';
import { PageInfoType } from './shared-types.ts';

/** A page of nodes, as Relay's connections show it. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfoType;
  totalCount(): number | Promise<number>;
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
    @Field(() => [Edge], { description: 'The entries of the page in order, each with its cursor.' })
    readonly edges: readonly Edge[];

    constructor(private readonly page: Page<Node>) {
      this.edges = page.edges.map(({ cursor, entry }) => ({ cursor, node: entry }));
    }

    @Field(() => [nodeType()], { description: 'The entries of the page in order, without their cursors.' })
    get nodes(): readonly Node[] {
      return this.edges.map(({ node }) => node);
    }

    @Field(() => PageInfoType, { description: 'Whether there is more, and where to go on.' })
    get pageInfo(): PageInfoType {
      const { hasNextPage, hasPreviousPage } = this.page;
      const startCursor = this.edges[0]?.cursor ?? null;
      const endCursor = this.edges.at(-1)?.cursor ?? null;
      return { hasNextPage, hasPreviousPage, startCursor, endCursor };
    }

    @Field(() => Int, {
      description:
        'How many entries the whole list has that fit the filter, not only this page. Counted when asked for.',
    })
    totalCount(): number | Promise<number> {
      return this.page.total();
    }
  }
  return ConnectionClass;
}

/** The page with another form of its entries. */
export function mapPage<A, B>(page: Page<A>, map: (entry: A) => B): Page<B> {
  return { ...page, edges: page.edges.map(({ cursor, entry }) => ({ cursor, entry: map(entry) })) };
}
