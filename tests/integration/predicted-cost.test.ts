/** What the app believes a document costs is what the emulator charges for it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calls, operations } from '~/shopify/calls.test-support';
import { batchOperations } from '~/core/batch';
import type { GraphqlRequest } from '~/shopify/client';
import { createAsk } from '~/shopify/ask';
import { createPictureFiles } from '~/shopify/picture-files';
import type { GraphqlClient } from '~/shopify/client';
import { createReader } from '~/shopify/read';
import { createFieldReads } from '~/shopify/read-fields';
import { composeBatch, measureCall } from '~/shopify/send';
import { nothingSpent } from '~/shopify/gateway';
import { compiledDocument } from '../../emulator/graphql/documents';
import { isRefused } from '../../emulator/graphql/refused';
import { coercedVariables } from '../../emulator/graphql/run';
import { DEFAULT_SWITCHES } from '../../emulator/switches';

const shop = { publicationId: 'gid://shopify/Publication/1', locations: 2 };

function charged(query: string, variables: Record<string, unknown>): number {
  const compiled = compiledDocument(query, null);
  if (isRefused(compiled)) throw new Error(compiled.map(({ message }) => message).join());
  const sent: Record<string, unknown> = JSON.parse(JSON.stringify(variables));
  const coerced = coercedVariables(compiled, sent);
  if ('errors' in coerced) throw new Error(coerced.errors.map(({ message }) => message).join());
  return compiled.plan.requested(coerced.values, DEFAULT_SWITCHES);
}

function expectWithin(predicted: number, actual: number): void {
  expect(Math.abs(predicted - actual)).toBeLessThanOrEqual(Math.max(1, actual * 0.05));
}

const gids = (type: string, count: number) =>
  Array.from({ length: count }, (_, index) => `gid://shopify/${type}/${index + 1}`);

/** A client that knows none of the things it is asked for, and notes how it was asked. */
const answering = (count: number, asked: GraphqlRequest[]): GraphqlClient => ({
  call: async (request) => {
    asked.push(request);
    return {
      answer: {
        kind: 'answered',
        data: { m0: Array.from({ length: count }, () => null) },
        errors: new Map(),
      },
      spent: nothingSpent(),
    };
  },
});

describe('predicted points', () => {
  it('of any mix of operations are within 5 % of what is charged', () => {
    fc.assert(
      fc.property(calls, (list) => {
        const { query, variables, points } = composeBatch(list, shop);
        expectWithin(points, charged(query, variables));
      }),
      { numRuns: 200 },
    );
  });

  it('of the documents that batching makes keep the limit of a query', () => {
    fc.assert(
      fc.property(operations, (list) => {
        for (const batch of batchOperations(list, (call) => measureCall(call, shop)).flat()) {
          const { query, variables, points } = composeBatch(batch.calls, shop);
          const actual = charged(query, variables);
          expectWithin(points, actual);
          expect(actual).toBeLessThanOrEqual(1_000);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([1, 2, 10, 250])('of reading %i products are within 5 %% of what is charged', async (count) => {
    const asked: GraphqlRequest[] = [];
    const reader = createReader(createAsk(answering(count, asked)), 2);
    await reader.readProducts(gids('Product', count));
    for (const { query, variables, points } of asked) {
      const actual = charged(query, variables);
      expectWithin(points, actual);
      expect(actual).toBeLessThanOrEqual(1_000);
    }
    expect(asked.length).toBeLessThanOrEqual(Math.ceil(count / 6));
  });

  it('of looking at plain fields before they are written over are, and are few', async () => {
    const asked: GraphqlRequest[] = [];
    const { readFields } = createFieldReads(createAsk(answering(250, asked)));
    const ids = { products: [], variants: gids('ProductVariant', 250), items: [] };
    await readFields(ids);
    await readFields({ ...ids, variants: [], products: gids('Product', 250) });
    await readFields({ ...ids, variants: [], items: gids('ProductVariant', 250) });
    for (const { query, variables, points } of asked) expectWithin(points, charged(query, variables));
    const [first] = asked;
    expect(charged(first!.query, first!.variables)).toBeLessThanOrEqual(250);
    expect(asked.every(({ points }) => points <= 1_000)).toBe(true);
  });

  it('of an upload of a picture are what is charged', async () => {
    const target = { url: 'https://storage.test/', resourceUrl: 'https://storage.test/a', parameters: [] };
    const answers: Record<string, unknown> = {
      StageUploads: { stagedTargets: [target], userErrors: [] },
      FileCreate: { files: [], userErrors: [] },
      ReadPicture: null,
      FindPictures: { nodes: [] },
    };
    const asked: GraphqlRequest[] = [];
    const client: GraphqlClient = {
      call: async (request) => {
        asked.push(request);
        const data = { m0: answers[request.operationName] };
        return { answer: { kind: 'answered', data, errors: new Map() }, spent: nothingSpent() };
      },
    };
    const files = createPictureFiles(client, async () => new Response(''));
    const of = { filename: 'a.png', mimeType: 'image/png', content: new Uint8Array([1]) };
    expect(await files.uploadPicture(of)).toEqual({ kind: 'uploaded', source: target.resourceUrl });
    await files.createPicture({ source: target.resourceUrl, filename: 'a.png' });
    await files.readPicture('gid://shopify/MediaImage/1');
    await files.findPictures('a.png');
    expect(asked.map(({ operationName }) => operationName)).toEqual(Object.keys(answers));
    for (const { query, variables, points } of asked) expectWithin(points, charged(query, variables));
  });
});
