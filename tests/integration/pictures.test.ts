/** Pictures from a file, or an address, into a store: once each, whatever is lost or killed on the way. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRestApi } from '~/api.server';
import { readConfig } from '~/config.server';
import { API_SCOPES } from '~/core/api-scopes';
import { startWorker } from '~/queue/worker';
import type { RunningWorker } from '~/queue/worker';
import { createApiKey } from '~/sync/create-api-key';
import { giveUp } from '~/sync/give-up';
import { receivePicture } from '~/sync/receive-picture';
import { revivePictures } from '~/sync/revive-pictures';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import { createGuardedFetch } from '~/web/guarded-fetch.server';
import { DEFAULT_SWITCHES } from '../../emulator/switches';
import { rawProduct } from '../support/catalog-rows';
import { awaitEdit } from '../support/edits';
import { shopOf } from '../support/merchant';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';
import { expectStoreToEqualCatalog } from '../support/store-equals-catalog';
import { dyingAt, filesOf, freshPicture, later, receive, rowOf, runJob, runToEnd } from '../support/uploads';
import { waitFor } from '../support/wait-for';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ worker: false });
});
afterAll(async () => {
  await stage?.close();
});
beforeEach(() => {
  Object.assign(stage.emulator.context.switches, DEFAULT_SWITCHES);
});
afterEach(() => {
  stage.emulator.context.faults.clear();
});

const switches = (some: Partial<typeof DEFAULT_SWITCHES>) =>
  Object.assign(stage.emulator.context.switches, some);
const calls = (field: string) =>
  stage.emulator.log.all().filter(({ fields }) => fields.includes(field)).length;

describe('an upload', () => {
  it('is brought into the store, step by step, and its bytes are let go', async () => {
    switches({ mediaReadyAfterMs: 300 });
    const content = freshPicture();
    const { picture, isKnown } = await receive(stage, content, 'Größe 1.PNG');
    expect([picture.state, isKnown, picture.width, picture.height]).toEqual(['received', false, 40, 30]);
    await runJob(stage, picture.id);
    const waiting = await rowOf(stage, picture.id);
    expect(waiting).toMatchObject({ state: 'processing', url: null });
    expect(waiting.content).not.toBeNull();
    const ready = await runToEnd(stage, picture.id);
    const [file] = filesOf(stage, picture.sha256);
    expect(ready).toMatchObject({ state: 'ready', fileGid: file?.id, content: null, error: null });
    expect(file?.filename).toMatch(/^grosse-1-[0-9a-f]{16}\.png$/);
    const served = await fetch(ready.url ?? '');
    expect(Buffer.from(await served.arrayBuffer())).toEqual(Buffer.from(content));
  });

  it('of the same bytes is one, however often and under whatever name it comes', async () => {
    const content = freshPicture();
    const staged = calls('stagedUploadsCreate');
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, at) => receive(stage, content, `name-${at}.png`)),
    );
    expect(new Set(all.map(({ picture }) => picture.id)).size).toBe(1);
    expect(all.filter(({ isKnown }) => !isKnown)).toHaveLength(1);
    const { id, sha256 } = all[0]!.picture;
    await Promise.all([runToEnd(stage, id), runJob(stage, id, 'job-2'), runJob(stage, id, 'job-3')]);
    const again = await receive(stage, content);
    expect(again).toMatchObject({ isKnown: true, picture: { id, state: 'ready' } });
    expect(filesOf(stage, sha256)).toHaveLength(1);
    expect(calls('stagedUploadsCreate') - staged).toBe(1);
  });

  it('is made anew where the store no longer has it', async () => {
    const content = freshPicture();
    const { picture } = await receive(stage, content);
    const { fileGid, url } = await runToEnd(stage, picture.id);
    shopOf(stage).files.delete(fileGid!);
    const again = await receive(stage, content);
    expect(again).toMatchObject({
      isKnown: false,
      picture: { id: picture.id, state: 'received', url: null },
    });
    const anew = await runToEnd(stage, picture.id);
    expect(anew.state).toBe('ready');
    expect(anew.url).not.toBe(url);
  });

  it('is refused, and not kept, where it is none', async () => {
    const file = { shopId: stage.shopId, filename: 'a.png', uploadedBy: 'anna' };
    const before = await stage.resources.db.pictureFile.count();
    const refused = await receivePicture(stage.resources, { ...file, content: Buffer.from('<html>') });
    expect(refused).toMatchObject({ kind: 'refused', reason: 'It is a web page.' });
    expect(await stage.resources.db.pictureFile.count()).toBe(before);
  });
});

describe('a worker that dies', () => {
  it.each(
    (['uploadPicture', 'createPicture', 'readPicture'] as const).flatMap((step) =>
      (['before', 'after'] as const).flatMap((moment) =>
        (['kept', 'uuid-suffix'] as const).map((mediaFilenames) => [moment, step, mediaFilenames] as const),
      ),
    ),
  )(
    '%s %s (names %s) leaves an upload that is taken up where it was',
    async (moment, step, mediaFilenames) => {
      switches({ mediaFilenames });
      const { picture } = await receive(stage, freshPicture());
      const dying = {
        ...stage,
        resources: { ...stage.resources, ...dyingAt(stage.resources, step, moment) },
      };
      await expect(runJob(dying, picture.id)).rejects.toThrow(`${step} ${moment}`);
      // By another worker: only once the dead one's time is over. By the queue: under the id of its job, at once.
      await runJob(stage, picture.id, 'job-of-another');
      expect((await rowOf(stage, picture.id)).claimant).toBe('job-1');
      const anew = { ...stage, resources: { ...stage.resources, ...later(stage.resources, 25_000) } };
      const ended = await runToEnd(anew, picture.id);
      expect([ended.state, ended.error]).toEqual(['ready', null]);
      expect(filesOf(stage, picture.sha256)).toHaveLength(1);
    },
  );

  it('and whose job is lost, is followed by another', async () => {
    const { picture } = await receive(stage, freshPicture());
    const dying = {
      ...stage,
      resources: { ...stage.resources, ...dyingAt(stage.resources, 'createPicture', 'after') },
    };
    await expect(runJob(dying, picture.id)).rejects.toThrow();
    const added: string[] = [];
    const queue = {
      ...stage.resources.queue,
      add: async (jobs: { name: string }[]) => void added.push(...jobs.map(({ name }) => name)),
    };
    await revivePictures({ ...later(stage.resources, 60_000), queue });
    expect(added).not.toContain('upload-picture');
    const muchLater = later(stage.resources, 400_000);
    await revivePictures({ ...muchLater, queue });
    expect(added).toContain('upload-picture');
    await runJob({ ...stage, resources: { ...stage.resources, ...muchLater } }, picture.id, 'job-of-another');
    expect((await rowOf(stage, picture.id)).state).toBe('ready');
    expect(filesOf(stage, picture.sha256)).toHaveLength(1);
  });
});

describe('the answer of fileCreate', () => {
  it.each([
    ['lost', 'reset-after', {}],
    ['lost, while names get suffixes', 'reset-after', { mediaFilenames: 'uuid-suffix' }],
    ['lost, while processing takes its time', 'reset-after', { mediaReadyAfterMs: 400 }],
    ['lost, while the search lags', 'reset-after', { searchLagMs: 1_500 }],
    [
      'lost, while taken names are found out late',
      'reset-after',
      { takenFilename: 'fails-later', searchLagMs: 1_500 },
    ],
    ['an error of Shopify', 'http-500', {}],
    ['lost on the way there', 'reset-before', {}],
  ] as const)('%s: one file all the same', async (_name, kind, some) => {
    switches(some);
    stage.emulator.context.faults.add({ kind, match: { field: 'fileCreate', times: 1 } });
    const { picture } = await receive(stage, freshPicture());
    await expect(runJob(stage, picture.id)).rejects.toThrow();
    // As if Shopify's search knew everything by now, which it may not.
    const anew = { ...stage, resources: { ...stage.resources, ...later(stage.resources, 25_000) } };
    const ended = await runToEnd(anew, picture.id);
    expect([ended.state, ended.error]).toEqual(['ready', null]);
    const made = filesOf(stage, picture.sha256).filter(({ failure }) => failure === undefined);
    expect(made.map(({ id }) => id)).toEqual([ended.fileGid]);
  });
});

describe('what cannot be processed', () => {
  it('fails with Shopify’s reason and a remedy, and may come again', async () => {
    switches({ mediaProcessing: 'fails', mediaReadyAfterMs: 100 });
    const content = freshPicture();
    const { picture } = await receive(stage, content);
    const failed = await runToEnd(stage, picture.id);
    expect(failed).toMatchObject({ state: 'failed', content: null, url: null });
    expect(failed.error).toMatch(/Image processing failed \(IMAGE_PROCESSING_FAILURE\).*upload that/);
    switches({ mediaProcessing: 'succeeds' });
    expect(await receive(stage, content)).toMatchObject({ isKnown: false });
    expect((await runToEnd(stage, picture.id)).state).toBe('ready');
  });

  it('is not waited for without end', async () => {
    switches({ mediaReadyAfterMs: 3_600_000 });
    const { picture } = await receive(stage, freshPicture());
    await runJob(stage, picture.id);
    const muchLater = { ...stage, resources: { ...stage.resources, ...later(stage.resources, 16 * 60_000) } };
    await runJob(muchLater, picture.id);
    expect(await rowOf(stage, picture.id)).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/in time/),
    });
  });

  it('keeps its bytes where only the job gave up, and goes on with them', async () => {
    stage.emulator.context.faults.add({ kind: 'http-500', match: { field: 'stagedUploadsCreate' } });
    const content = freshPicture();
    const { picture } = await receive(stage, content);
    await expect(runJob(stage, picture.id)).rejects.toThrow();
    const job = { name: 'upload-picture', shopId: stage.shopId, pictureId: picture.id } as const;
    await giveUp(stage.resources, job, 'Shopify did not answer.');
    const given = await rowOf(stage, picture.id);
    expect(given).toMatchObject({ state: 'failed', error: 'Shopify did not answer. Upload it again.' });
    expect(given.content).not.toBeNull();
    stage.emulator.context.faults.clear();
    await receive(stage, content);
    expect((await runToEnd(stage, picture.id)).state).toBe('ready');
  });
});

describe('by the API, with a worker', () => {
  let worker: RunningWorker;
  let web: Server;
  let webOrigin: string;
  let ask: (path: string, init?: RequestInit) => Promise<{ status: number; json: Record<string, unknown> }>;
  let named: Stage;

  beforeAll(async () => {
    web = createServer((request, response) => {
      const path = request.url ?? '';
      const answers: Record<string, () => void> = {
        '/inside': () => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }),
        '/page': () => response.writeHead(200, { 'content-type': 'image/png' }).write('<!doctype html>'),
        '/large': () =>
          response
            .writeHead(200, { 'content-length': '99999999' })
            .write(Buffer.concat([freshPicture(), Buffer.alloc(400_000)])),
        '/picture': () => response.writeHead(200).write(freshPicture()),
      };
      const answer = answers[path];
      if (answer === undefined) response.writeHead(404);
      else answer();
      // The rest of a large file never comes; nobody should wait for it.
      if (path !== '/large') response.end();
    }).listen(0, '127.0.0.1');
    await waitFor('the web server listens', async () => web.listening);
    const address = web.address();
    if (address === null || typeof address === 'string') throw new Error('No port.');
    webOrigin = `http://pictures.test:${address.port}`;
    const resolve = async (name: string) => [
      { address: name === 'inside.example' ? '10.1.2.3' : '127.0.0.1', family: 4 },
    ];
    const allowedHosts = [new URL(webOrigin).host, new URL(stage.emulator.origin).host];
    const resources = { ...stage.resources, web: createGuardedFetch({ allowedHosts, resolve }) };
    named = { ...stage, resources };
    worker = await startWorker(resources, {
      ...{ store: resources.queueStore, concurrency: 4, lockMs: 10_000, syncIntervalMinutes: null },
      refreshTokens: async () => undefined,
    });
    for (let at = 0; at < 3; at += 1)
      await rawProduct(resources.db, stage.accountId, {
        handle: `item-${at}`,
        product: { title: `Item ${at}` },
        variants: [{ sku: `SKU-${at}`, price: '10' }],
      });
    expect((await named.run()).state).toBe('finished');
    const api = createRestApi(resources, readConfig(stage.env));
    const of = { shopId: stage.shopId, name: 'ERP', scopes: [...API_SCOPES], createdBy: 'test' };
    const key = await createApiKey(resources, of);
    if (key.kind !== 'created') throw new Error(key.kind);
    ask = async (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${key.text}`);
      const response = await api.answer(
        new Request(`http://lockstep.test/api/shopify${path}`, { ...init, headers }),
      );
      return { status: response.status, json: await response.json() };
    };
  });
  afterAll(async () => {
    await worker?.close();
    web?.closeAllConnections();
    web?.close();
  });

  const post = (path: string, body: unknown) =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const upload = (content: Uint8Array, type = 'image/png') =>
    ask('/pictures?filename=chart.png', {
      method: 'POST',
      body: Uint8Array.from(content),
      headers: { 'content-type': type },
    });

  it('goes from a file to the products of the store, and a second time by its id alone', async () => {
    switches({ mediaReadyAfterMs: 300 });
    const content = freshPicture();
    const sent = await upload(content);
    expect(sent).toMatchObject({ status: 202, json: { state: 'received', url: null, type: 'image/png' } });
    const id = String(sent.json['id']);
    const use = { query: 'sku:SKU-0', add: [{ picture_id: id, alt: 'Chart' }] };
    expect(await post('/bulk-image-upload', use)).toMatchObject({
      status: 422,
      json: {
        errors: [{ field: 'add[0].picture_id', value: id, reason: expect.stringMatching(/not ready/) }],
      },
    });
    await waitFor(
      'the picture is ready',
      async () => (await ask(`/pictures/${id}`)).json['state'] === 'ready',
    );
    expect(await upload(content)).toMatchObject({ status: 200, json: { id, state: 'ready' } });
    const job = await post('/bulk-image-upload', use);
    expect(job.status).toBe(202);
    expect(await awaitEdit(named, String(job.json['id']), ['finished', 'failed'])).toMatchObject({
      state: 'finished',
      fieldsApplied: 1,
    });
    const { json } = await ask(`/pictures/${id}`);
    const product = [...shopOf(stage).products.values()].find(({ handle }) => handle === 'item-0');
    const media = product?.mediaIds.map((gid) => shopOf(stage).files.get(gid)) ?? [];
    expect(media).toMatchObject([{ originalSource: json['url'], alt: 'Chart' }]);
    await expectStoreToEqualCatalog(named);
  });

  it('names what is wrong with a file', async () => {
    expect(await upload(Buffer.from('%PDF-1.7'))).toMatchObject({
      status: 422,
      json: { errors: [{ field: 'body', value: 'chart.png', reason: 'It is a PDF document.' }] },
    });
    expect((await upload(freshPicture(), 'application/json')).status).toBe(415);
    expect((await upload(new Uint8Array(20 * 1024 * 1024 + 1))).status).toBe(413);
    expect((await ask('/pictures/0a7f3c1e-5f0e-4d7e-9a51-9d9e6b1f0c11')).status).toBe(404);
    const both = { query: '', add: [{ url: 'https://example.com/a.png', picture_id: crypto.randomUUID() }] };
    expect(await post('/bulk-image-upload', both)).toMatchObject({
      json: { errors: [{ field: 'add[0].picture_id', remedy: 'Send exactly one of url, picture_id.' }] },
    });
  });

  it('refuses at once what an address says by itself', async () => {
    const add = ['http://127.0.0.1/a.png', 'https://u:p@example.com/a.png', 'https://example.com/a.png'];
    const refused = await post('/bulk-image-upload', { query: '', add: add.map((url) => ({ url })) });
    expect(refused).toMatchObject({
      status: 422,
      json: {
        errors: [
          { field: 'add[0].url', value: add[0], reason: '127.0.0.1 is not on the public web.' },
          { field: 'add[1].url', value: add[1], reason: expect.stringMatching(/password/) },
        ],
      },
    });
  });

  it('plans nothing where an address shows no picture', async () => {
    const pictures = ['/inside', '/page', '/large', '/none', '/picture'].map((path) => `${webOrigin}${path}`);
    pictures.push('http://inside.example/a.png');
    const started = await startBulkEdit(named.resources, {
      ...{ shopId: stage.shopId, name: 'x', causedBy: 'anna', via: 'app', appliesItself: false },
      selection: { kind: 'query', query: '' },
      changes: [
        {
          field: 'media',
          change: {
            kind: 'add',
            pictures: pictures.map((url) => ({ url, alt: '', kind: 'IMAGE' as const })),
          },
        },
      ],
    });
    if (started.kind !== 'started') throw new Error(JSON.stringify(started));
    const failed = await awaitEdit(named, started.editId, ['failed', 'planned']);
    expect(failed).toMatchObject({ state: 'failed', fieldsToChange: 0 });
    const told = failed.error ?? '';
    expect(told).toMatch(/^5 pictures cannot be used; nothing was changed\./);
    expect(told).toContain(
      `${webOrigin}/inside: It leads elsewhere: 169.254.169.254 is not on the public web.`,
    );
    expect(told).toContain(`${webOrigin}/page: It is a web page. Use a JPEG`);
    expect(told).toContain(`${webOrigin}/large: It has 95.4 MB; Shopify takes at most 20 MB.`);
    expect(told).toContain(`${webOrigin}/none: The server answers with HTTP 404.`);
    expect(told).toContain('http://inside.example/a.png: inside.example is not on the public web.');
    expect(told).not.toContain('/picture:');
  });
});
