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
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => String)
    readonly cursor!: string;

    @Field(() => nodeType())
    readonly node!: Node;
  }

  @ObjectType(`${name}Connection`)
  class ConnectionClass implements Connection<Node> {
    @Field(() => [Edge])
    readonly edges: readonly Edge[];

    constructor(private readonly page: Page<Node>) {
      this.edges = page.edges.map(({ cursor, entry }) => ({ cursor, node: entry }));
    }

    @Field(() => [nodeType()])
    get nodes(): readonly Node[] {
      return this.edges.map(({ node }) => node);
    }

    @Field(() => PageInfoType)
    get pageInfo(): PageInfoType {
      const { hasNextPage, hasPreviousPage } = this.page;
      const startCursor = this.edges[0]?.cursor ?? null;
      const endCursor = this.edges.at(-1)?.cursor ?? null;
      return { hasNextPage, hasPreviousPage, startCursor, endCursor };
    }

    @Field(() => Int)
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
