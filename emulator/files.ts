/** Places to upload to, and the files the emulator serves: media, and results of bulk operations. */
import { json } from './context';
import type { EmulatorContext, HttpAnswer, HttpRequest } from './context';
import { gidOf } from './state/gid';
import type { StagedUpload } from './state/operations';
import type { StoredFile } from './state/product';

const UPLOADS = '/_staged-uploads/';

function findUpload(context: EmulatorContext, key: string): StagedUpload | null {
  for (const shop of context.state.shops.values()) {
    const upload = shop.stagedUploads.get(key);
    if (upload) return upload;
  }
  return null;
}

const refusal = (status: number, code: string, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

/** Takes a multipart POST (the `file` part must come last) or a PUT to the upload's own address. */
export async function handleUpload(context: EmulatorContext, request: HttpRequest): Promise<HttpAnswer> {
  if (request.method === 'PUT') {
    const upload = findUpload(context, decodeURIComponent(request.url.pathname.slice(UPLOADS.length)));
    if (!upload) return refusal(404, 'NoSuchKey', 'No upload was staged under this key.');
    upload.content = request.body;
    return { status: 200, body: '' };
  }
  if (request.method === 'GET') {
    const upload = findUpload(context, decodeURIComponent(request.url.pathname.slice(UPLOADS.length)));
    if (!upload?.content) return refusal(404, 'NoSuchKey', 'Nothing was uploaded under this key.');
    return { status: 200, headers: { 'content-type': upload.mimeType }, body: upload.content };
  }
  if (request.method !== 'POST') return refusal(405, 'MethodNotAllowed', 'Use POST or PUT.');
  const contentType = request.headers['content-type'] ?? '';
  if (!contentType.startsWith('multipart/form-data'))
    return refusal(400, 'InvalidRequest', 'Send multipart/form-data.');
  const form = await new Response(new Uint8Array(request.body), {
    headers: { 'content-type': contentType },
  }).formData();
  const file = form.get('file');
  const upload = findUpload(context, String(form.get('key') ?? ''));
  if (!upload) return refusal(403, 'AccessDenied', 'The form has no key of a staged upload.');
  if (!(file instanceof Blob)) return refusal(400, 'InvalidArgument', 'The form has no file.');
  if ([...form.keys()].at(-1) !== 'file')
    return refusal(400, 'InvalidArgument', 'The file must be the last part of the form.');
  upload.content = Buffer.from(await file.arrayBuffer());
  const body = `<?xml version="1.0" encoding="UTF-8"?><PostResponse><Key>${upload.key}</Key></PostResponse>`;
  return { status: 201, headers: { 'content-type': 'application/xml' }, body };
}

/** A plain picture with the file's name: the emulator never fetches what media point to. */
function placeholder(file: StoredFile): string {
  const hue = [...file.filename].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  const name = file.filename.replace(/[<>&"']/g, '');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><rect width="400" height="400" fill="hsl(${hue} 45% 82%)"/>` +
    `<text x="200" y="205" font-family="sans-serif" font-size="22" text-anchor="middle" fill="hsl(${hue} 40% 30%)">${name}</text></svg>`
  );
}

function serveStored(context: EmulatorContext, file: StoredFile): HttpAnswer {
  const key = file.originalSource.split(UPLOADS)[1];
  const upload = key === undefined ? null : findUpload(context, decodeURIComponent(key));
  const cache = { 'cache-control': 'public, max-age=3600' };
  if (upload?.content)
    return { status: 200, headers: { 'content-type': file.mimeType, ...cache }, body: upload.content };
  return { status: 200, headers: { 'content-type': 'image/svg+xml', ...cache }, body: placeholder(file) };
}

/** GET /_files/<shop domain>/<name>: a stored file, or the result of a bulk operation. */
export function handleStoredFile(context: EmulatorContext, request: HttpRequest): HttpAnswer {
  const [, , domain = '', name = ''] = request.url.pathname
    .split('/')
    .map((part) => decodeURIComponent(part));
  const shop = context.state.shops.get(domain);
  if (!shop) return json(404, { errors: `No shop ${domain}.` });
  const bulkId = /^bulk-(\d+)\.jsonl$/.exec(name)?.[1];
  if (bulkId !== undefined) {
    const id = gidOf('BulkOperation', bulkId);
    const result = shop.bulkResults.get(id);
    const age = context.clock.now() - Date.parse(shop.bulkOperations.get(id)?.completedAt ?? '');
    if (result === undefined || age >= context.switches.bulkResultSeconds * 1_000)
      return json(404, { errors: `No result of bulk operation ${bulkId}.` });
    return { status: 200, headers: { 'content-type': 'application/jsonl' }, body: result };
  }
  const file = shop.files.get(shop.filenames.get(name) ?? '');
  return file ? serveStored(context, file) : json(404, { errors: `No file ${name}.` });
}
