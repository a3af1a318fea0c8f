/** What becomes of operations when Shopify throttles, fails, refuses or keeps silent. `fetch` stands for the wire. */
import { describe, expect, it, vi } from 'vitest';
import type { Operation, OperationFor } from '~/core/operation';
import { createCallLane } from './call-lane';
import { createClient } from './client';
import { ShopNotConnected } from './gateway';
import type { PointsBudget, Settlement } from './points-budget';
import { sendOperations } from './send';

const shop = { id: 's', domain: 'a.myshopify.com' };
const context = { publicationId: null, locations: 1 };
const throttleStatus = { maximumAvailable: 2000, currentlyAvailable: 1000, restoreRate: 100 };
const extensions = { cost: { requestedQueryCost: 10, actualQueryCost: 10, throttleStatus } };
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

interface Sent {
  query: string;
  variables: Record<string, unknown>;
}

function stage(answer: (sent: Sent, index: number) => Response | Error | Promise<Response>) {
  const sent: Sent[] = [];
  const settled: Settlement[] = [];
  const budget: PointsBudget = {
    reserve: async () => undefined,
    settle: async (_shop: string, settlement: Settlement) => {
      settled.push(settlement);
    },
    read: async () => null,
  };
  const forgetToken = vi.fn(async () => undefined);
  const client = createClient(
    shop,
    {
      fetch: async (_url, init) => {
        const body: Sent = JSON.parse(String(init?.body));
        sent.push(body);
        const told = await answer(body, sent.length - 1);
        if (told instanceof Error) throw told;
        return told;
      },
      accessToken: async () => 'token',
      forgetToken,
      budget,
      random: () => 0,
    },
    createCallLane(1),
  );
  const send = (operations: Operation[], signal?: AbortSignal) =>
    sendOperations(operations, { client, shop: context, limits: signal ? { signal } : {} });
  return { sent, settled, forgetToken, send };
}

const about = (index: number, field = 'tags:x') => ({
  productId: `p${index}`,
  intent: `p${index}@1`,
  remoteId: `gid://shopify/Product/${index}`,
  changes: [{ path: { variant: null, field }, before: null, after: 'x' }],
});
const tags = (index: number): Operation => ({ kind: 'tags-add', ...about(index), tags: ['x'] });
const metafields = (count: number): OperationFor<'metafields-set'> => ({
  kind: 'metafields-set',
  ...about(1),
  changes: Array.from({ length: count }, (_, index) => ({
    path: { variant: null, field: `metafield:n.k${index}` },
    before: null,
    after: 'v',
  })),
  metafields: Array.from({ length: count }, (_, index) => ({
    ownerId: 'gid://shopify/Product/1',
    namespace: 'n',
    key: `k${index}`,
    type: 't',
    value: 'v',
  })),
});

const tagged = { node: { id: 'gid://shopify/Product/1', tags: ['x'] }, userErrors: [] };
const aliases = ({ query }: Sent) => [...query.matchAll(/(m\d+):/g)].map(([, alias]) => alias ?? '');
const allTagged = (body: Sent) =>
  json({ data: Object.fromEntries(aliases(body).map((alias) => [alias, tagged])), extensions });
const kinds = (report: Awaited<ReturnType<ReturnType<typeof stage>['send']>>) =>
  report.outcomes.map(({ outcome }) => outcome.kind);

describe('what was certainly not done is sent again', () => {
  it.each([
    [
      'THROTTLED',
      () => json({ errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions }),
    ],
    ['429', () => json({ errors: 'slow down' }, 429, { 'retry-after': '0.01' })],
    [
      'no connection',
      () =>
        Object.assign(new Error('fetch failed'), {
          cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
        }),
    ],
  ])('%s', async (_name, fault) => {
    const { sent, settled, send } = stage((body, index) => (index === 0 ? fault() : allTagged(body)));
    expect(kinds(await send([tags(1)]))).toEqual(['applied']);
    expect(sent).toHaveLength(2);
    expect(settled[0]?.actual).toBe(0);
  });
});

describe('what may have been done is not sent again', () => {
  it.each([
    ['a server error', () => json({ errors: 'Internal' }, 500)],
    ['an answer cut off', () => new Response('{"data": {"m0"', { status: 200 })],
    ['a time-out', () => new DOMException('The operation timed out', 'TimeoutError')],
    [
      'a failure told in the answer',
      () => json({ errors: [{ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }),
    ],
    ['a payload that is none', () => json({ data: { m0: { node: 7 } }, extensions })],
  ])('%s', async (_name, fault) => {
    const { sent, send } = stage(() => fault());
    expect(kinds(await send([tags(1)]))).toEqual(['unknown']);
    expect(sent).toHaveLength(1);
  });
});

describe('refusals', () => {
  it('gives back the points of what is cancelled before it left, and counts them while they wait', async () => {
    const cancel = new AbortController();
    let answer: () => void = () => undefined;
    const answered = new Promise<Response>((resolve) => {
      answer = () => resolve(json({ data: {}, extensions }));
    });
    const { send, sent, settled } = stage(() => answered);
    const first = send([tags(1)]);
    const second = send([tags(2)], cancel.signal);
    await new Promise((resolve) => setImmediate(resolve));
    cancel.abort(new Error('cancelled'));
    answer();
    await first;
    await expect(second).rejects.toThrow('cancelled');
    expect(sent).toHaveLength(1);
    expect(settled).toMatchObject([
      { actual: 10, isLeaving: true },
      { actual: 0, status: null },
    ]);
  });

  it('forgets a token that Shopify refuses', async () => {
    const { send, forgetToken } = stage(() => json({ errors: 'no' }, 401));
    await expect(send([tags(1)])).rejects.toThrow(ShopNotConnected);
    expect(forgetToken).toHaveBeenCalledWith(shop, 'token');
  });

  it('of one alias touch no other', async () => {
    const denied = { message: 'Access denied', path: ['m1'], extensions: { code: 'ACCESS_DENIED' } };
    const { send } = stage(() =>
      json({ data: { m0: tagged, m1: null, m2: tagged }, errors: [denied], extensions }),
    );
    const report = await send([tags(1), tags(2), tags(3)]);
    expect(kinds(report)).toEqual(['applied', 'refused', 'applied']);
    expect(report.outcomes[1]?.outcome).toMatchObject({ errors: [{ code: 'ACCESS_DENIED' }] });
  });

  it('of a whole document are halved down to the culprit', async () => {
    const { send, sent } = stage((body) =>
      JSON.stringify(body.variables).includes('Product/5"')
        ? json({ errors: [{ message: 'Bad input', extensions: { code: 'BAD' } }] })
        : allTagged(body),
    );
    const report = await send(Array.from({ length: 8 }, (_, index) => tags(index)));
    expect(report.outcomes).toHaveLength(8);
    expect(
      report.outcomes
        .filter(({ outcome }) => outcome.kind === 'refused')
        .map(({ outcome }) => outcome.operation.productId),
    ).toEqual(['p5']);
    expect(sent.length).toBeLessThanOrEqual(7);
  });

  it('of one metafield leave the others', async () => {
    const { send } = stage((body) => {
      const rows = Object.values(body.variables).flatMap((value) => (Array.isArray(value) ? value : []));
      const bad = rows.some((row) => row.key === 'k3');
      const answered = rows.map(({ ownerId, ...row }) => ({ ...row, owner: { id: ownerId } }));
      const userErrors = bad
        ? [{ field: ['metafields', '0', 'type'], message: 'Type cannot change', code: 'INVALID_TYPE' }]
        : [];
      return json({
        data: Object.fromEntries(
          aliases(body).map((alias) => [alias, { metafields: bad ? null : answered, userErrors }]),
        ),
        extensions,
      });
    });
    const { outcomes } = await send([metafields(8)]);
    const fields = (kind: string) =>
      outcomes.flatMap(({ outcome }) =>
        outcome.kind === kind ? outcome.operation.changes.map(({ path }) => path.field) : [],
      );
    expect(fields('refused')).toEqual(['metafield:n.k3']);
    expect(fields('applied')).toHaveLength(7);
  });

  it('of rows of variants are told apart from those that were taken', async () => {
    const id = (index: number) => `gid://shopify/ProductVariant/${index}`;
    const { send } = stage(() =>
      json({
        data: {
          m0: {
            productVariants: [{ id: id(1), price: '5.00' }],
            userErrors: [
              { field: ['variants', '1', 'price'], message: 'Negative', code: 'NEGATIVE_PRICE_VALUE' },
            ],
          },
        },
        extensions,
      }),
    );
    const variants = [1, 2].map((index) => ({
      sourceId: `v${index}`,
      remoteId: id(index),
      fields: { price: '5.00' },
    }));
    const [first] = (await send([{ kind: 'variants-update', ...about(1, 'price'), variants }])).outcomes;
    expect(first?.outcome).toMatchObject({
      kind: 'partial',
      errors: [{ field: ['variants', '1', 'price'] }],
      patch: { variants: [{ id: id(1), fields: { price: '5' } }] },
    });
  });

  it('of what is out of date ask to look again', async () => {
    const { send } = stage(() =>
      json({
        data: { m0: { node: null, userErrors: [{ field: ['id'], message: 'Product does not exist' }] } },
        extensions,
      }),
    );
    expect(kinds(await send([tags(1)]))).toEqual(['stale']);
  });
});
