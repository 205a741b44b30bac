/** Node's and OpenSSL's name for what happened, such as ECONNREFUSED; undefined for what is no error of theirs. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
