import { type JsonNode, readJson } from './json-text.ts';

/** How the body of an answer is shown. A page, a drawing or a script is text like any other. */
export type AnswerBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly tree: JsonNode }
  | { readonly kind: 'image'; readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' };

export interface ToldBody {
  readonly headers: readonly { readonly name: string; readonly value: string | null }[];
  readonly body: string | null;
  readonly bodyIsBase64: boolean;
}

/** Pictures that are made of pixels and hold nothing that runs. */
const RASTER = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'];

export function readBody({ headers, body, bodyIsBase64 }: ToldBody): AnswerBody {
  if (body === null || body === '') return { kind: 'none' };
  const named = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? '';
  const type = named.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (bodyIsBase64) return RASTER.includes(type) ? { kind: 'image', type, bytes: bytesOf(body) } : { kind: 'binary' };
  const mayBeJson = type === '' || type === 'text/plain' || /[/+]json$/.test(type);
  const tree = mayBeJson && /^\s*[[{"]/.test(body) ? readJson(body) : undefined;
  return tree ? { kind: 'json', tree } : { kind: 'text', text: body };
}

/** Of what came, which may be the beginning of more. */
export function sizeOf({ body, bodyIsBase64 }: ToldBody): number {
  if (body === null) return 0;
  if (!bodyIsBase64) return new TextEncoder().encode(body).length;
  const padding = body.endsWith('==') ? 2 : body.endsWith('=') ? 1 : 0;
  return (body.length / 4) * 3 - padding;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
