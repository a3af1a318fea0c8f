/** Uploaded pictures: brought into the files of the store, for bulk edits to use. */
import { z } from 'zod';
import { MAX_PICTURE_BYTES, PICTURE_FORMATS, PICTURE_TYPES } from '~/core/picture-format';
import { findPictures, PICTURE_STATES } from '~/db/pictures.server';
import type { Picture } from '~/db/pictures.server';
import { receivePicture } from '~/sync/receive-picture';
import type { imageBody } from './bulk-changes';
import { endpoint, fileBody, none } from './endpoint';
import type { ApiContext, Endpoint } from './endpoint';
import { notFound } from './problem';
import type { FieldError, Problem } from './problem';
import { id, named } from './schemas';

const picture = named(
  'Picture',
  z.object({
    id,
    state: z
      .enum(PICTURE_STATES)
      .describe(
        'received, uploading and processing go on by themselves; ready and failed are ends. Ask again after a second.',
      ),
    url: z.string().nullable().describe('Public address in the store, once it is ready.'),
    error: z.string().nullable().describe('Why it failed, and what to do.'),
    file_id: z.string().nullable().describe('Of the file in Shopify.'),
    filename: z.string().describe('As it is called in the store.'),
    type: z.string().describe('What the file is by its bytes, such as "image/png".'),
    bytes: z.int(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    sha256: z.string().describe('Of the content: the same bytes are one picture of the shop.'),
    created_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
    links: z.object({ self: z.string() }),
  }),
);

const told = (of: Picture): z.input<typeof picture> => ({
  id: of.id,
  state: of.state,
  url: of.url,
  error: of.error,
  file_id: of.fileGid,
  filename: of.filename,
  type: of.mimeType,
  bytes: of.bytes,
  width: of.width,
  height: of.height,
  sha256: of.sha256,
  created_at: of.createdAt.toISOString(),
  ended_at: of.endedAt?.toISOString() ?? null,
  links: { self: `/api/shopify/pictures/${of.id}` },
});

/** How a picture that is named by id cannot be used yet, or at all; null where it can. */
function whyNot(found: Picture | undefined): { reason: string; remedy: string } | null {
  if (found === undefined)
    return {
      reason: 'The shop has no picture with this id.',
      remedy: 'Send the id that POST /pictures answered.',
    };
  if (found.state === 'ready') return null;
  if (found.state === 'failed')
    return { reason: `It failed: ${found.error ?? ''}`, remedy: 'Upload a picture that Shopify takes.' };
  return {
    reason: `It is not ready: it is ${found.state}.`,
    remedy: `Ask GET /pictures/${found.id} until it is ready.`,
  };
}

/** The public addresses of the pictures that a request names by id. */
export async function pictureAddresses(
  { resources, shop }: ApiContext,
  { add, replace }: z.output<typeof imageBody>,
): Promise<{ urls: Map<string, string> } | Problem> {
  const list = add ?? replace ?? [];
  const ids = list.flatMap(({ picture_id: pictureId }) => pictureId ?? []);
  if (ids.length === 0) return { urls: new Map() };
  const found = new Map((await findPictures(resources.db, shop.id, ids)).map((one) => [one.id, one]));
  const errors = list.flatMap(({ picture_id: pictureId }, at): FieldError[] => {
    const problem = pictureId === undefined ? null : whyNot(found.get(pictureId));
    const field = `${add ? 'add' : 'replace'}[${at}].picture_id`;
    return problem === null ? [] : [{ field, value: pictureId ?? null, ...problem }];
  });
  if (errors.length > 0)
    return { problem: 'invalid-value', detail: 'A picture cannot be used; nothing was started.', errors };
  return { urls: new Map([...found].map(([key, { url }]) => [key, url ?? ''])) };
}

const shared = { tag: 'Pictures', scope: 'bulk:write' } as const;

export const pictureEndpoints: Endpoint[] = [
  endpoint({
    ...shared,
    id: 'uploadPicture',
    method: 'POST',
    path: '/pictures',
    summary: 'Upload a picture',
    description: `Sends the file of a ${PICTURE_FORMATS} picture, of at most 20 MB and 25 megapixels. It is brought into the files of the store; once it is ready, bulk edits can use it by its id. The same bytes are one picture: sent again they answer with the first one, and are not uploaded again.`,
    params: none,
    query: z.strictObject({
      filename: z
        .string()
        .max(255)
        .optional()
        .describe('As the file is called; a part of its public address will be made of it.'),
    }),
    body: fileBody,
    takesFile: {
      types: [...PICTURE_TYPES, 'image/heif'],
      mostBytes: MAX_PICTURE_BYTES,
      what: 'the file of a picture',
      exampleName: 'size-chart.png',
    },
    problems: ['not-possible-now'],
    answers: {
      200: { description: 'The shop has this picture: it was sent before.', body: picture },
      202: { description: 'The picture, which is brought into the store by itself.', body: picture },
    },
  })(async ({ resources, shop, actor }, { query, body }) => {
    const { filename = '' } = query;
    const outcome = await receivePicture(resources, {
      ...{ shopId: shop.id, filename, content: body.content, uploadedBy: actor },
    });
    if (outcome.kind === 'busy')
      return { problem: 'not-possible-now', detail: outcome.message, headers: { 'retry-after': '10' } };
    if (outcome.kind === 'refused') {
      const { reason, remedy } = outcome;
      const value = filename === '' ? null : filename.slice(0, 200).toWellFormed();
      return {
        problem: 'invalid-value',
        detail: 'The file cannot be a picture of a product; it was not kept.',
        errors: [{ field: 'body', value, reason, remedy }],
      };
    }
    const made = told(outcome.picture);
    const headers = { location: made.links.self };
    return outcome.isKnown
      ? { status: 200 as const, body: made, headers }
      : { status: 202 as const, body: made, headers };
  }),
  endpoint({
    ...shared,
    id: 'getPicture',
    method: 'GET',
    path: '/pictures/{id}',
    summary: 'How far a picture is',
    params: z.strictObject({ id }),
    query: none,
    body: none,
    problems: [],
    answers: { 200: { description: 'The picture.', body: picture } },
  })(async ({ resources, shop }, { params }) => {
    const [found] = await findPictures(resources.db, shop.id, [params.id]);
    return found === undefined ? notFound('picture') : { status: 200, body: told(found) };
  }),
];
