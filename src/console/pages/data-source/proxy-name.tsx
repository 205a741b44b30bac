import { useChosenProxy } from './use-proxy-options.ts';

/** @param id of a proxy connection; empty: none */
export function ProxyName({ id }: { readonly id: string }) {
  const proxy = useChosenProxy(id);
  return id === '' ? 'none' : proxy?.name;
}
