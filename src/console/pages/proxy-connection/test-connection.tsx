/** What is to be probed: a saved proxy connection, a draft, or a saved one as a draft would change it. */
export interface Probed {
  readonly proxyConnectionId?: string;
  readonly draft?: object;
}

export function TestConnection(_: { readonly draft: () => Probed }) {
  return null;
}
