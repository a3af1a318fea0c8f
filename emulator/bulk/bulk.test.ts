import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { testApi } from '../client-for-tests';
import type { TestApi } from '../client-for-tests';
import { handleStoredFile, handleUpload } from '../files';
import { failInterrupted, stopBulk } from './bulk';
import { bulkLines } from './lines';

const STAGE =
  'mutation { stagedUploadsCreate(input: [{resource: BULK_MUTATION_VARIABLES, filename: "rows.jsonl", mimeType: "text/jsonl", httpMethod: POST}]) { stagedTargets { url resourceUrl parameters { name value } } userErrors { message } } }';
const RUN =
  'mutation($mutation: String!, $path: String!) { bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path) { bulkOperation { id status } userErrors { code field message } } }';
const RENAME =
  'mutation Rename($id: ID!, $title: String!) { productUpdate(product: {id: $id, title: $title}) { product { id title } userErrors { field message } } }';

let apis: TestApi[] = [];
afterEach(() => {
  for (const { context } of apis) stopBulk(context);
  apis = [];
});
function fast(rowsPerSecond = 0): TestApi {
  const api = testApi({ switches: { bulkRowsPerSecond: rowsPerSecond } });
  apis.push(api);
  return api;
}

async function upload(api: TestApi, rows: unknown[]): Promise<string> {
  const { stagedUploadsCreate } = await api.data(STAGE);
  const [target] = stagedUploadsCreate.stagedTargets;
  const form = new FormData();
  for (const { name, value } of target.parameters) form.set(name, value);
  form.set(
    'file',
    new Blob([rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('')]),
    'rows.jsonl',
  );
  const encoded = new Response(form);
  const answer = await handleUpload(api.context, {
    method: 'POST',
    url: new URL(target.url),
    shop: null,
    headers: { 'content-type': encoded.headers.get('content-type')! },
    body: Buffer.from(await encoded.arrayBuffer()),
  });
  expect(answer.status).toBe(201);
  return target.parameters.find((parameter: { name: string }) => parameter.name === 'key').value;
}

async function finished(api: TestApi, id: string) {
  for (;;) {
    const { bulkOperation } = await api.data(
      `{ bulkOperation(id: "${id}") { status objectCount rootObjectCount url partialDataUrl errorCode } }`,
    );
    if (!/CREATED|RUNNING|CANCELING/.test(bulkOperation.status)) return bulkOperation;
    await sleep(10);
  }
}

function lines(api: TestApi, url: string): unknown[] {
  const answer = handleStoredFile(api.context, {
    method: 'GET',
    url: new URL(url),
    headers: {},
    body: Buffer.alloc(0),
    shop: null,
  });
  return String(answer.body)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('bulk mutations', () => {
  it('run each line on its own: a bad one does not stop the others', async () => {
    const api = fast();
    const { id } = await api.shirt();
    const path = await upload(api, [
      { id, title: 'A' },
      { id: 'gid://shopify/Product/1', title: 'B' },
      'no json',
      { id },
    ]);
    const topics: string[] = [];
    api.context.state.events.onEvent(({ topic }) => topics.push(topic));
    const { bulkOperationRunMutation } = await api.data(RUN, { mutation: RENAME, path });
    expect(bulkOperationRunMutation).toMatchObject({ bulkOperation: { status: 'CREATED' }, userErrors: [] });
    const operation = await finished(api, bulkOperationRunMutation.bulkOperation.id);
    expect(operation).toMatchObject({ status: 'COMPLETED', objectCount: '4', errorCode: null });
    expect(lines(api, operation.url)).toMatchObject([
      { data: { productUpdate: { product: { title: 'A' }, userErrors: [] } }, __lineNumber: 0 },
      {
        data: { productUpdate: { product: null, userErrors: [{ message: 'Product does not exist' }] } },
        __lineNumber: 1,
      },
      { errors: [{ message: expect.stringContaining('not JSON') }], __lineNumber: 2 },
      { errors: [{ message: expect.stringContaining('$title') }], __lineNumber: 3 },
    ]);
    expect(topics).toEqual(['products/update', 'bulk_operations/finish']);
  });

  it('are refused without a file, with a wrong mutation, and beyond five at a time', async () => {
    const api = fast(1);
    const { id } = await api.shirt();
    const code = async (mutation: string, path: string) =>
      (await api.data(RUN, { mutation, path })).bulkOperationRunMutation.userErrors[0]?.code;
    expect(await code(RENAME, 'tmp/none')).toBe('NO_SUCH_FILE');
    expect(await code('{ shop { name } }', 'tmp/none')).toBe('INVALID_MUTATION');
    const path = await upload(
      api,
      Array.from({ length: 50 }, () => ({ id, title: 'A' })),
    );
    for (let running = 0; running < 5; running++) expect(await code(RENAME, path)).toBeUndefined();
    expect(await code(RENAME, path)).toBe('LIMIT_REACHED');
  });

  it('can be cancelled; what was done is kept as partial data', async () => {
    const api = fast(40);
    const { id } = await api.shirt();
    const path = await upload(
      api,
      Array.from({ length: 200 }, () => ({ id, title: 'A' })),
    );
    const { bulkOperation } = (await api.data(RUN, { mutation: RENAME, path })).bulkOperationRunMutation;
    await sleep(150);
    const { bulkOperationCancel } = await api.data(
      `mutation { bulkOperationCancel(id: "${bulkOperation.id}") { bulkOperation { status } userErrors { message } } }`,
    );
    expect(bulkOperationCancel.bulkOperation.status).toBe('CANCELING');
    const operation = await finished(api, bulkOperation.id);
    expect(operation).toMatchObject({ status: 'CANCELED', url: null, partialDataUrl: expect.any(String) });
    const again = await api.data(
      `mutation { bulkOperationCancel(id: "${bulkOperation.id}") { userErrors { message } } }`,
    );
    expect(again.bulkOperationCancel.userErrors).toHaveLength(1);
  });

  it('do not outlive the process that ran them', async () => {
    const api = fast(1);
    const { id } = await api.shirt();
    const path = await upload(api, [
      { id, title: 'A' },
      { id, title: 'B' },
    ]);
    const { bulkOperation } = (await api.data(RUN, { mutation: RENAME, path })).bulkOperationRunMutation;
    stopBulk(api.context);
    failInterrupted(api.context.state);
    expect(api.shop.bulkOperations.get(bulkOperation.id)).toMatchObject({
      status: 'FAILED',
      errorCode: 'INTERNAL_SERVER_ERROR',
    });
  });
});

describe('bulk queries', () => {
  const RUN_QUERY =
    'mutation($query: String!) { bulkOperationRunQuery(query: $query) { bulkOperation { id } userErrors { code } } }';

  it('write a line a node, children with the id of their parent', async () => {
    const api = fast();
    const shirt = await api.shirt();
    const { bulkOperationRunQuery } = await api.data(RUN_QUERY, {
      query: '{ products { edges { node { id title variants { edges { node { id sku } } } } } } }',
    });
    const operation = await finished(api, bulkOperationRunQuery.bulkOperation.id);
    expect(operation).toMatchObject({ status: 'COMPLETED', objectCount: '3', rootObjectCount: '1' });
    expect(lines(api, operation.url)).toEqual([
      { id: shirt.id, title: 'Shirt' },
      { id: shirt.variants.nodes[0].id, sku: 'shirt-S', __parentId: shirt.id },
      { id: shirt.variants.nodes[1].id, sku: 'shirt-M', __parentId: shirt.id },
    ]);
  });

  it('keep children with their parents only where they are asked to', async () => {
    const api = fast();
    const [shirt, hat] = [await api.shirt(), await api.shirt('hat')];
    const parents = async (groupObjects: boolean) => {
      const { bulkOperationRunQuery } = await api.data(
        'mutation($query: String!, $group: Boolean!) { bulkOperationRunQuery(query: $query, groupObjects: $group) { bulkOperation { id } } }',
        {
          query: '{ products { edges { node { id variants { edges { node { id } } } } } } }',
          group: groupObjects,
        },
      );
      const { url } = await finished(api, bulkOperationRunQuery.bulkOperation.id);
      return lines(api, url).map((line) => (line as { __parentId?: string }).__parentId ?? 'root');
    };
    expect(await parents(true)).toEqual(['root', shirt.id, shirt.id, 'root', hat.id, hat.id]);
    expect(await parents(false)).toEqual(['root', 'root', shirt.id, shirt.id, hat.id, hat.id]);
  });

  it('have no address where nothing was found, and need a connection', async () => {
    const api = fast();
    const { bulkOperationRunQuery } = await api.data(RUN_QUERY, {
      query: '{ products { edges { node { id } } } }',
    });
    expect(await finished(api, bulkOperationRunQuery.bulkOperation.id)).toMatchObject({
      status: 'COMPLETED',
      url: null,
    });
    expect(
      (await api.data(RUN_QUERY, { query: '{ shop { name } }' })).bulkOperationRunQuery.userErrors[0].code,
    ).toBe('INVALID');
  });

  it('take connections out of plain objects too', () => {
    const rows = bulkLines({ shop: { name: 'A', products: { nodes: [{ id: 1, seo: { title: null } }] } } });
    expect(rows).toEqual([{ line: { id: 1, seo: { title: null } }, isRoot: true }]);
  });
});
