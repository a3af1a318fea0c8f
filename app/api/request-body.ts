/** Reads the body of a request, within bounds. */
import type { Problem } from './problem';

/** The largest body, in bytes. */
export const MOST_BYTES = 4_000_000;
/** How deep lists and objects may stand in each other: no request needs half of it. */
export const MOST_DEPTH = 32;

interface BadBody {
  ok: false;
  problem: Problem;
}

export type ReadBody = { ok: true; bytes: Buffer; json: unknown } | BadBody;

const bad = (problem: Problem): BadBody => ({ ok: false, problem });

const tooLarge = (mostBytes: number): Problem => ({
  problem: 'too-large',
  detail: `A body has at most ${mostBytes.toLocaleString('en-US')} bytes here. Send less at once.`,
});

/** Null where it is larger than it may be: the rest is then not read. */
async function readBytes(request: Request, mostBytes: number): Promise<Buffer | null> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) return null;
  if (request.body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    size += value.byteLength;
    if (size > mostBytes) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
}

/** True where lists and objects stand deeper in each other than they may. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inText) {
      if (character === '\\') at += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > MOST_DEPTH) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}

const isJson = (type: string) => /^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type.trim());

async function bytesOf(request: Request, mostBytes: number): Promise<{ ok: true; bytes: Buffer } | BadBody> {
  try {
    const bytes = await readBytes(request, mostBytes);
    return bytes === null ? bad(tooLarge(mostBytes)) : { ok: true, bytes };
  } catch {
    return bad({ problem: 'malformed-request', detail: 'The body broke off.' });
  }
}

/** A file as it stands. What it really is, its bytes say; the header says that a file was meant. */
export async function readFileBody(
  request: Request,
  { types, mostBytes, what }: { types: readonly string[]; mostBytes: number; what: string },
): Promise<{ ok: true; bytes: Buffer } | BadBody> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (![...types, 'application/octet-stream'].includes(type))
    return bad({
      problem: 'unsupported-media-type',
      detail: `Send ${what} as the body, as it stands, with the header Content-Type: ${types.join(', ')} or application/octet-stream.`,
      headers: { accept: types.join(', ') },
    });
  return bytesOf(request, mostBytes);
}

/** JSON in UTF-8; an empty body is the same as {}. */
export async function readBody(request: Request): Promise<ReadBody> {
  const read = await bytesOf(request, MOST_BYTES);
  if (!read.ok) return read;
  const { bytes } = read;
  if (bytes.length === 0) return { ok: true, bytes, json: {} };
  const type = request.headers.get('content-type') ?? '';
  if (!isJson(type))
    return bad({
      problem: 'unsupported-media-type',
      detail: 'Send the body as JSON, with the header Content-Type: application/json.',
      headers: { accept: 'application/json' },
    });
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (isTooDeep(text))
      return bad({
        problem: 'malformed-request',
        detail: `Lists and objects stand more than ${MOST_DEPTH} deep in each other.`,
      });
    const json: unknown = JSON.parse(text);
    return { ok: true, bytes, json };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return bad({
      problem: 'malformed-request',
      detail: `The body is not JSON in UTF-8: ${words.slice(0, 200).toWellFormed()}`,
    });
  }
}
