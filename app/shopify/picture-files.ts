/** Pictures in the files of a store: uploaded, made, looked at, found again. */
import { z } from 'zod';
import { MUTATION_POINTS } from '~/core/cost';
import { schemas } from './answers';
import { ShopifyUnreadable, createAsk, createTell } from './ask';
import type { GraphqlClient } from './client';
import * as documents from './documents';
import type { PictureFiles, StorePicture } from './gateway';

/** The documented sample of stagedUploadsCreate costs a point more than other mutations. */
const STAGING_POINTS = MUTATION_POINTS + 1;
/** 20 MB over a slow line. */
const UPLOAD_TIMEOUT_MS = 120_000;

const userErrors = z.array(z.object({ message: z.string(), code: z.string().nullish() }));
const told = (errors: z.infer<typeof userErrors>) => errors.map(({ message }) => message).join(' ');

const staged = z.object({
  stagedTargets: z
    .array(
      z.object({
        url: z.url().nullable(),
        resourceUrl: z.url().nullable(),
        parameters: z.array(z.object({ name: z.string(), value: z.string() })),
      }),
    )
    .nullable(),
  userErrors,
});

const pictureNode = z
  .object({
    id: schemas.gid,
    fileStatus: z.string(),
    fileErrors: z.array(z.object({ code: z.string(), message: z.string() })),
    image: z
      .object({ url: z.string(), width: z.number().nullable(), height: z.number().nullable() })
      .nullable(),
  })
  .transform(({ id, fileStatus, fileErrors, image }): StorePicture => {
    const isReady = fileStatus === 'READY' && image !== null;
    return {
      id,
      status: isReady ? 'ready' : fileStatus === 'FAILED' ? 'failed' : 'processing',
      image,
      errors: fileErrors,
    };
  });
/** A node of another type, which an inline fragment leaves empty, is none of ours. */
const anyNode = z.union([pictureNode, z.strictObject({}).transform(() => null)]);

const created = z.object({ files: z.array(anyNode).nullable(), userErrors });
const found = z.object({ nodes: z.array(anyNode) });

export function createPictureFiles(client: GraphqlClient, send: typeof fetch): PictureFiles {
  const ask = createAsk(client);
  const tell = createTell(client);
  return {
    uploadPicture: async ({ filename, mimeType, content }, { signal } = {}) => {
      const input = {
        ...{ resource: 'IMAGE', httpMethod: 'POST', filename, mimeType },
        fileSize: String(content.byteLength),
      };
      const call = { document: documents.STAGE_UPLOADS, variables: { input: [input] } };
      const { value } = await tell(call, signal ? { signal } : undefined, STAGING_POINTS);
      const { stagedTargets, userErrors: errors } = staged.parse(value);
      const target = stagedTargets?.[0];
      if (!target?.url || !target.resourceUrl) return { kind: 'refused', message: told(errors) };
      const form = new FormData();
      for (const parameter of target.parameters) form.append(parameter.name, parameter.value);
      // The file comes last: what the storage checks must be there before it.
      form.append('file', new Blob([Uint8Array.from(content)], { type: mimeType }), filename);
      const deadline = AbortSignal.timeout(UPLOAD_TIMEOUT_MS);
      const response = await send(target.url, {
        method: 'POST',
        body: form,
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      });
      await response.body?.cancel();
      // The place to upload to may have gone meanwhile: the next attempt asks for another.
      if (!response.ok) throw new ShopifyUnreadable(`Shopify's storage answered HTTP ${response.status}.`);
      return { kind: 'uploaded', source: target.resourceUrl };
    },
    createPicture: async ({ source, filename }, limits) => {
      const file = {
        ...{ originalSource: source, filename, contentType: 'IMAGE' },
        duplicateResolutionMode: 'RAISE_ERROR',
      };
      const call = { document: documents.FILE_CREATE, variables: { files: [file] } };
      const { files, userErrors: errors } = created.parse((await tell(call, limits)).value);
      const picture = files?.[0];
      if (picture) return { kind: 'created', picture };
      const isTaken = errors.some(({ code }) => code === 'FILENAME_ALREADY_EXISTS');
      return isTaken ? { kind: 'name-taken' } : { kind: 'refused', message: told(errors) };
    },
    readPicture: async (id, limits) => {
      const { values } = await ask([{ document: documents.READ_PICTURE, variables: { id } }], limits);
      return anyNode.nullable().parse(values[0]);
    },
    findPictures: async (filename, limits) => {
      // Whatever the store may have put behind the name, before the ending.
      const query = `filename:${filename.replace(/\.\w+$/, '')}*`;
      const { values } = await ask([{ document: documents.FIND_PICTURES, variables: { query } }], limits);
      return found.parse(values[0]).nodes.filter((node) => node !== null);
    },
  };
}
