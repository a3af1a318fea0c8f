import { PassThrough } from 'node:stream';
import { createReadableStreamFromReadable } from '@remix-run/node';
import type { EntryContext } from '@remix-run/node';
import { RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToPipeableStream } from 'react-dom/server';
import { addDocumentHeaders, log } from './shopify.server';

/** A page that is not ready after so many milliseconds is given up. */
const RENDER_TIMEOUT_MS = 5_000;

/** Renders a document: streamed to people, whole to robots. */
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
): Promise<Response> {
  addDocumentHeaders(request, headers);
  headers.set('Content-Type', 'text/html');
  let answerStatus = status;
  return new Promise((resolve, reject) => {
    const stream = renderToPipeableStream(<RemixServer context={remixContext} url={request.url} />, {
      [isbot(request.headers.get('user-agent') ?? '') ? 'onAllReady' : 'onShellReady']: () => {
        const body = new PassThrough();
        resolve(new Response(createReadableStreamFromReadable(body), { headers, status: answerStatus }));
        stream.pipe(body);
      },
      onShellError: reject,
      onError: (error) => {
        answerStatus = 500;
        log.error({ err: error, url: new URL(request.url).pathname }, 'a page could not be rendered');
      },
    });
    setTimeout(() => stream.abort(), RENDER_TIMEOUT_MS).unref();
  });
}

/** Errors of loaders and actions that nobody caught. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (request.signal.aborted) return;
  log.error({ err: error, url: new URL(request.url).pathname, method: request.method }, 'a request failed');
}
