/** Merge, plan, send and read against the emulator's Admin API: what the source says is what the store holds, and rests. */
import { describe, expect, it } from 'vitest';
import { agree, pathKey } from '~/core/agree';
import { alignProduct } from '~/core/align';
import { applyPatch } from '~/core/apply-patch';
import { planProduct } from '~/core/plan';
import type { BaseProduct, RemoteProduct, SourceProduct, SourceVariant } from '~/core/product-state';
import { mergeProduct } from '~/core/three-way-merge';
import { createShopifyGateway } from '~/shopify/store';
import { testApi } from '../../emulator/client-for-tests';
import type { Switches } from '../../emulator/switches';

function stage(switches: Partial<Switches> = {}) {
  const api = testApi({ switches });
  // The budget is not what is tried here.
  api.shop.plan = 'plus';
  api.shop.bucket.available = 20_000;
  const store = createShopifyGateway({
    fetch: async (_url, init) => {
      const { query, variables } = JSON.parse(String(init?.body));
      const answer = await api.raw(query, variables);
      if ('noAnswer' in answer) throw new Error(answer.noAnswer);
      return new Response(String(answer.body), { status: answer.status });
    },
    accessToken: async () => 'token',
    forgetToken: async () => undefined,
    budget: { reserve: async () => undefined, settle: async () => undefined, read: async () => null },
    random: () => 0,
    concurrency: 4,
  }).store({ id: 's', domain: 'test.myshopify.com', publicationId: null, locations: 2 });
  let base: BaseProduct | null = null;
  let remote: RemoteProduct | null = null;
  /** Looks until nothing is left to send; the kinds of operations that were sent. */
  const sync = async (source: SourceProduct): Promise<string[]> => {
    const sent: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const alignment = alignProduct(source, base, remote);
      const merged = mergeProduct({
        source,
        base,
        remote,
        alignment,
        policy: { conflict: 'source-wins', deletion: 'archive' },
        canPublish: false,
      });
      const settled = new Set(
        merged.decisions.flatMap(({ path, decision }) =>
          decision.kind === 'skip' && decision.reason === 'converged' ? [pathKey(path)] : [],
        ),
      );
      const operations = planProduct({
        productId: 'p',
        intent: `p@${round}`,
        source,
        remote,
        alignment,
        decisions: merged.decisions,
        deletion: 'archive',
      });
      const created = new Set<string>();
      const mediaCreated = new Map<string, string>();
      const { outcomes } = await store.send(operations, {});
      for (const { outcome } of outcomes) {
        if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome).slice(0, 500));
        const { operation, patch } = outcome;
        sent.push(operation.kind);
        remote = applyPatch(remote, patch);
        if (operation.kind === 'product-create') created.add('');
        for (const { sourceId } of patch.createdVariants ?? []) created.add(sourceId);
        for (const { sourceId, remoteId } of patch.mediaCreatedFrom ?? [])
          mediaCreated.set(sourceId, remoteId);
        for (const { path } of operation.changes) settled.add(pathKey(path));
      }
      if (remote) {
        const held = remote;
        base = agree({
          source,
          base,
          remote: held,
          alignment: alignProduct(source, base, held),
          settled,
          created,
          mediaCreated,
        });
        const id = held.id;
        remote = (await store.readProducts([id])).products.get(id) ?? null;
      }
      if (operations.length === 0) return sent;
    }
    throw new Error(`It does not rest: ${sent.join()}`);
  };
  return { api, sync, held: () => remote! };
}

const variant = (value: string, more: Partial<SourceVariant> = {}): SourceVariant => ({
  id: `v-${value}`,
  fields: {
    price: '10.00',
    sku: `SKU-${value}`,
    weight: null,
    tracked: true,
    cost: null,
    unitPriceMeasurement: null,
  },
  optionValues: [value],
  mediaId: null,
  metafields: {},
  inventory: {},
  ...more,
});
const product = (variants: SourceVariant[], more: Partial<SourceProduct> = {}): SourceProduct => ({
  id: 'p',
  fields: {
    title: 'Tent',
    handle: 'tent',
    descriptionHtml: '<p>a<br></p>',
    vendor: 'Acme',
    status: 'ACTIVE',
  },
  giftCard: false,
  tags: ['Sale', ' camping '],
  options: [{ name: 'Size', values: variants.map((each) => each.optionValues[0]!) }],
  variants,
  media: [],
  metafields: {},
  ...more,
});

describe('a product in the store', () => {
  it('of 300 variants is made in two steps and rests', async () => {
    const { sync, held } = stage();
    const source = product(Array.from({ length: 300 }, (_, index) => variant(`N${index}`)));
    expect(await sync(source)).toEqual(['product-create', 'variants-create']);
    expect(held().variants.map(({ fields }) => fields.sku)).toEqual(
      source.variants.map(({ fields }) => fields.sku),
    );
    expect(await sync(source)).toEqual([]);
  });

  it('has its pictures, replaced ones too, on the product and on the variant', async () => {
    const { sync, held } = stage({ rewriteHtml: true, mediaFilenames: 'uuid-suffix' });
    const image = (url: string, alt: string) => ({ id: 'm1', url, alt, kind: 'IMAGE' as const });
    const source = product([variant('S'), variant('M', { mediaId: 'm1' })], {
      media: [image('https://cdn.example.com/a.jpg', 'A')],
    });
    await sync(source);
    expect(held().variants[1]?.mediaId).toBe(held().media[0]?.id);
    expect(await sync(source)).toEqual([]);
    const next = { ...source, media: [image('https://cdn.example.com/b.jpg', 'B')] };
    expect(await sync(next)).toEqual(['media-remove', 'media-add', 'variants-update']);
    expect(held().media.map(({ alt }) => alt)).toEqual(['B']);
    expect(held().variants[1]?.mediaId).toBe(held().media[0]?.id);
    expect(await sync(next)).toEqual([]);
  });

  it('takes renamed, reordered and added options, weights taken away and unit prices', async () => {
    const { sync, held, api } = stage();
    const weighed = variant('S', {
      fields: { price: '10.00', sku: 'SKU-S', weight: { value: '1.5', unit: 'KILOGRAMS' } },
      inventory: { [api.locations[0]]: 4 },
    });
    const source = product([weighed, variant('M')]);
    await sync(source);
    const unit = { quantityValue: '2.5', quantityUnit: 'KG', referenceValue: 1, referenceUnit: 'KG' };
    const next = product(
      [
        variant('M', { optionValues: ['M', 'Red'] }),
        variant('S', {
          optionValues: ['S', 'Red'],
          fields: { price: '12.50', sku: 'SKU-S', weight: null, unitPriceMeasurement: unit },
        }),
        variant('L', { optionValues: ['L', 'Red'], inventory: { [api.locations[0]]: 7 } }),
      ],
      {
        options: [
          { name: 'Width', values: ['M', 'S', 'L'] },
          { name: 'Color', values: ['Red'] },
        ],
      },
    );
    expect(await sync(next)).toContain('options-set');
    expect(held().options).toEqual(next.options);
    expect(held().variants.map(({ optionValues }) => optionValues)).toEqual(
      next.variants.map(({ optionValues }) => optionValues),
    );
    expect(held().variants[1]?.fields).toMatchObject({
      price: '12.5',
      weight: { value: '0' },
      unitPriceMeasurement: unit,
    });
    expect(held().variants[2]?.inventory[api.locations[0]]).toBe(7);
    expect(await sync(next)).toEqual([]);
  });

  it('may be a gift card', async () => {
    const { sync, held } = stage();
    const source = product([variant('10')], { giftCard: true });
    await sync(source);
    expect(held().giftCard).toBe(true);
    expect(await sync(source)).toEqual([]);
  });
});
