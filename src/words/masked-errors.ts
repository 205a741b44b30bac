import { SecretMask } from './secret-mask.ts';
import { codePoints } from './text.ts';

/** In code points: shorter texts are in many others by chance. */
const SHORTEST_MASKED = 6;
/** How many objects an error is taken to be made of: more are not logged. */
const MOST_OBJECTS = 1_000;

/** Those that are masked wherever they come back. */
export function maskable(secrets: readonly string[]): string[] {
  return secrets.filter((secret) => codePoints(secret) >= SHORTEST_MASKED);
}

/**
 * Does something that deals with secrets. What it rejects with may be logged: none of them is in its message or its stack,
 * nor in those of its causes.
 *
 * @param secrets read when it rejected: they may become more meanwhile.
 */
export async function withMaskedErrors<T>(secrets: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    maskTexts(error, new SecretMask(maskable(secrets)));
    throw error;
  }
}

/** The error and what it is made of stay what they are, for whoever knows their classes. */
function maskTexts(error: unknown, mask: SecretMask): void {
  const objects = new Set<unknown>([error]);
  for (const object of objects) {
    if (typeof object !== 'object' || object === null) continue;
    for (const name of new Set(['message', 'stack', 'cause', 'errors', ...Object.keys(object)])) {
      const value: unknown = Reflect.get(object, name);
      if (typeof value === 'string') maskText(object, name, value, mask);
      else if (objects.size < MOST_OBJECTS) objects.add(value);
    }
  }
}

function maskText(object: object, name: string, text: string, mask: SecretMask): void {
  const value = mask.text(text);
  if (value === text) return;
  const enumerable = Object.keys(object).includes(name);
  Reflect.defineProperty(object, name, { value, enumerable, writable: true, configurable: true });
}
