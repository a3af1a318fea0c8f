/** Conflicts of every kind, answers of the past that ask for a rule, rules, and a shadow report. */
import type { Database } from '~/db/client.server';

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const LONG =
  'A light tent for long days outside. It stands in three minutes, keeps out wind and rain, and packs down to the size of a bottle. Poles of aluminium, floor of recycled nylon. ';

/** `productIds`: linked products of the catalog, at least 12 of them. */
export async function seedConflicts(
  db: Database,
  shop: { id: string; accountId: string },
  productIds: string[],
): Promise<void> {
  const product = (index: number) => productIds[index % productIds.length]!;
  const variants = await db.catalogVariant.findMany({
    where: { productId: { in: productIds.slice(0, 12) } },
    orderBy: [{ productId: 'asc' }, { position: 'asc' }],
    select: { id: true, productId: true },
  });
  const variantOf = (productId: string) => variants.find((one) => one.productId === productId)?.id ?? null;
  const common = { shopId: shop.id, reason: 'both-changed' };
  await db.conflict.createMany({
    data: [
      {
        ...common,
        productId: product(0),
        variantId: variantOf(product(0)),
        field: 'price',
        fieldGroup: 'price',
        base: '20.90',
        source: '24.90',
        remote: '19.90',
        openedAt: minutesAgo(3),
      },
      {
        ...common,
        productId: product(1),
        field: 'title',
        fieldGroup: 'content',
        base: 'Summit Sleeping bag 2',
        source: 'Summit Sleeping bag, down',
        remote: 'Summit Sleeping bag, winter edition',
        openedAt: minutesAgo(14),
        note: 'Ask the supplier which name is on the label.',
        assignee: 'Ada',
      },
      {
        ...common,
        productId: product(2),
        field: 'descriptionHtml',
        fieldGroup: 'content',
        base: `<p>${LONG}Weighs 1.4 kg.</p>`,
        source: `<p>${LONG}Weighs 1.3 kg with the bag.</p>`,
        remote: `<p>${LONG}Weighs 1.35 kg.</p>`,
        openedAt: minutesAgo(60 * 26),
      },
      {
        ...common,
        reason: 'held',
        productId: product(3),
        variantId: variantOf(product(3)),
        field: 'price',
        fieldGroup: 'price',
        base: '89.00',
        source: '8.90',
        remote: '89.00',
        openedAt: minutesAgo(60 * 24 * 9),
      },
      {
        ...common,
        productId: product(4),
        variantId: variantOf(product(4)),
        field: 'inventory:gid://shopify/Location/1',
        fieldGroup: 'inventory',
        base: 12,
        source: 9,
        remote: 20,
        openedAt: minutesAgo(45),
      },
      {
        ...common,
        productId: product(5),
        field: 'tags:sale',
        fieldGroup: 'organization',
        base: 'sale',
        source: 'Sale',
        openedAt: minutesAgo(50),
      },
      {
        ...common,
        productId: product(6),
        field: 'metafield:custom.care',
        fieldGroup: 'metafields',
        source: { namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'Wash at 30 °C' },
        remote: { namespace: 'custom', key: 'care', type: 'single_line_text_field', value: 'Wash at 40 °C' },
        openedAt: minutesAgo(55),
      },
      {
        ...common,
        productId: product(7),
        field: 'vendor',
        fieldGroup: 'organization',
        base: 'Nordwind',
        source: 'Nordwind GmbH',
        remote: 'Nord Wind',
        openedAt: minutesAgo(90),
        snoozedUntil: minutesAgo(-60 * 24),
      },
      {
        ...common,
        productId: product(8),
        field: 'status',
        fieldGroup: 'status',
        base: 'DRAFT',
        source: 'ACTIVE',
        remote: 'ARCHIVED',
        openedAt: minutesAgo(95),
        state: 'resolving',
        choice: 'source',
        resolvedBy: 'user 1',
        resolvedAt: minutesAgo(1),
      },
      // The newest six answers are alike, two before them are not.
      ...['source', 'value', ...Array.from({ length: 6 }, () => 'remote')].map((choice, index) => ({
        ...common,
        productId: product(9 + (index % 3)),
        field: 'title',
        fieldGroup: 'content',
        base: 'Old name',
        source: 'Name in the catalog',
        remote: 'Name in Shopify',
        state: 'resolved',
        choice,
        ...(choice === 'value' && { value: 'A third name' }),
        resolvedBy: 'user 1',
        resolvedAt: minutesAgo(2_000 - index),
        openedAt: minutesAgo(3_000),
      })),
    ],
  });
  await db.policyRule.createMany({
    data: [
      {
        shopId: shop.id,
        fieldGroup: 'price',
        conflictPolicy: 'source-wins',
        holdAbovePercent: 30,
        createdBy: 'user 1',
      },
      {
        shopId: shop.id,
        productId: product(0),
        fieldGroup: 'content',
        conflictPolicy: 'remote-wins',
        createdBy: 'user 1',
      },
    ],
  });
}

/** The shop in shadow mode, with a report of two pages. */
export async function seedShadow(db: Database, shopId: string, productIds: string[]): Promise<void> {
  await db.shop.update({ where: { id: shopId }, data: { syncMode: 'shadow' } });
  const fields = [
    { field: 'price', kind: 'push', before: '18.90', after: '20.90' },
    { field: 'title', kind: 'pull', before: 'Trail Tent', after: 'Trail Tent, new in Shopify' },
    { field: 'tags:summer', kind: 'push', after: 'summer' },
    { field: 'inventory:gid://shopify/Location/1', kind: 'push', before: 3, after: 7 },
    { field: 'descriptionHtml', kind: 'conflict', before: '<p>Dry.</p>', after: '<p>Very dry.</p>' },
  ];
  await db.shadowDecision.createMany({
    data: productIds.slice(0, 40).flatMap((productId, index) =>
      fields.slice(0, 1 + (index % fields.length)).map((one) => ({
        shopId,
        productId,
        at: minutesAgo(300 - index),
        ...one,
      })),
    ),
  });
}
