/** Plays scripts in a world, in chaos and in the dark, and checks what came of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Winner } from '~/core/decision';
import { requestSync } from '~/sync/request-sync';
import { demandedEnd, demandedTags, possibleEnds } from './two-way-script';
import type { Done, Step } from './two-way-script';
import type { World } from './two-way-world';

/** What was counted over all plays. */
export interface Tally {
  interleavings: number;
  edits: number;
  /** Edits of Shopify's that fell between our last look and our write, and were written over: Shopify has no compare-and-set. */
  unseen: number;
}

export const newTally = (): Tally => ({ interleavings: 0, edits: 0, unseen: 0 });

const editsOf = ({ title, price }: Done) =>
  [title, price].reduce((sum, { catalog, shopify }) => sum + catalog.length + shopify.length, 0);

function count(tally: Tally, done: Done[]): void {
  tally.interleavings += done.length;
  tally.edits += done.reduce((sum, each) => sum + editsOf(each), 0);
}

async function policyIs(world: World, conflictPolicy: Winner): Promise<void> {
  await world.db.shop.update({ where: { id: world.stage.shopId }, data: { conflictPolicy } });
}

/** Values that the audit log or a conflict tells of, by product. */
async function recorded(world: World): Promise<Map<string, Set<string>>> {
  const told = new Map<string, Set<string>>();
  const tell = (productId: string, values: unknown[]) => {
    const own = told.get(productId) ?? new Set<string>();
    told.set(productId, own);
    for (const value of values) own.add(String(value));
  };
  for (const { productId, before, after } of await world.db.change.findMany({
    where: { field: { in: ['title', 'price'] } },
    select: { productId: true, before: true, after: true },
  }))
    tell(productId, [before, after]);
  for (const { productId, base, source, remote } of await world.db.conflict.findMany())
    tell(productId, [base, source, remote]);
  return told;
}

/** Answers every open conflict, so that both sides agree again. */
async function answerAll(world: World): Promise<void> {
  const open = await world.db.conflict.findMany({ where: { state: 'open' } });
  if (open.length === 0) return;
  for (const { id } of open)
    await world.db.conflict.update({
      where: { id },
      data: {
        state: 'resolving',
        choice: world.dice(2) === 0 ? 'source' : 'remote',
        resolvedBy: 'model',
        resolvedAt: new Date(),
      },
    });
  await requestSync(world.stage.resources, {
    shopId: world.stage.shopId,
    productIds: [...new Set(open.map(({ productId }) => productId))],
    cause: 'resolve',
    causedBy: 'model',
    runId: null,
  });
  await world.settle();
}

/** What holds whatever happened: stock and tags of both sides, exactly. */
async function expectSums(world: World, done: Done[]): Promise<void> {
  const held = await world.held();
  const stock = held.map(({ catalog, shopify }) => [catalog.stock, shopify.stock]);
  const demanded = done.map(({ before, moved }) => before.stock + moved);
  expect(stock, 'stock of both sides').toEqual(demanded.map((level) => [level, level]));
  const tags = held.map(({ catalog, shopify }) => [catalog.tags, shopify.tags]);
  expect(tags, 'tags of both sides').toEqual(done.map(demandedTags).map((list) => [list, list]));
}

/**
 * Edits on both sides, looks, runs, webhooks and faults all at once; a worker is killed in the middle. In the end both
 * sides agree on the last edit of one of them (or, where a person is to decide, hold their own), and every edit that
 * lost is on record.
 */
export async function playInChaos(
  world: World,
  scripts: Step[][],
  policy: Winner,
  tally: Tally,
): Promise<void> {
  await policyIs(world, policy);
  const done = await world.beginning();
  const moments = Math.max(...scripts.map((script) => script.length));
  const killAt = world.dice(moments);
  world.astray(true);
  for (let moment = 0; moment < moments; moment += 1) {
    if (moment % 2 === 0) await world.run();
    await world.carryOut(
      scripts.map((script) => script[moment]),
      done,
    );
    await sleep(world.dice(400));
    if (moment === killAt) await world.killWorker();
  }
  await world.settle();
  await expectSums(world, done);
  const [held, told] = [await world.held(), await recorded(world)];
  for (const [at, { catalog, shopify }] of held.entries()) {
    const [own, row] = [done[at]!, world.rows[at]!];
    for (const field of ['title', 'price'] as const) {
      const about = `${field} of ${row.handle}`;
      const ends = possibleEnds(own, field);
      expect(ends, about).toContain(catalog[field]);
      expect(ends, about).toContain(shopify[field]);
      if (policy !== 'manual') expect(shopify[field], about).toBe(catalog[field]);
      for (const side of ['catalog', 'shopify'] as const) {
        const value = own[field][side].at(-1);
        if (value === undefined || value === catalog[field] || value === shopify[field]) continue;
        if (told.get(row.productId)?.has(value)) continue;
        expect(side, `${about}: ${value} disappeared without a record`).toBe('shopify');
        tally.unseen += 1;
      }
    }
  }
  count(tally, done);
  await answerAll(world);
  const rest = await world.held();
  expect(rest.map(({ shopify }) => shopify)).toEqual(rest.map(({ catalog }) => catalog));
}

/** The same while nobody looks: the end is then exactly what the policy demands, and everything is on record. */
export async function playInTheDark(
  world: World,
  scripts: Step[][],
  policy: Winner,
  tally: Tally,
): Promise<void> {
  await policyIs(world, policy);
  const done = await world.beginning();
  await world.stopWorker();
  world.astray(true);
  for (let moment = 0; moment < Math.max(...scripts.map((script) => script.length)); moment += 1)
    await world.carryOut(
      scripts.map((script) => script[moment]),
      done,
    );
  await world.startWorker();
  await world.settle();
  await expectSums(world, done);
  const [held, told] = [await world.held(), await recorded(world)];
  for (const field of ['title', 'price'] as const)
    expect(
      held.map(({ catalog, shopify }) => ({ catalog: catalog[field], shopify: shopify[field] })),
      `${field} where ${policy}`,
    ).toEqual(done.map((own) => demandedEnd(own, field, policy)));
  const lost = done.flatMap((own, at) =>
    (['title', 'price'] as const).flatMap((field) =>
      (['catalog', 'shopify'] as const).flatMap((side) => {
        const value = own[field][side].at(-1);
        const known = told.get(world.rows[at]!.productId);
        return value === undefined || known?.has(value) || own.before[field] === value ? [] : [value];
      }),
    ),
  );
  // What both sides changed to the same thing needed no write: it is what they hold.
  const present = new Set(held.flatMap(({ catalog }) => [catalog.title, catalog.price]));
  expect(
    lost.filter((value) => !present.has(value)),
    'edits without a record',
  ).toEqual([]);
  count(tally, done);
  await answerAll(world);
  // What is recorded is what the store holds: a fresh look at all of it finds nothing to do.
  await world.forget();
  expect(await world.isAtRest(), 'at rest after a fresh look').toBe(true);
}
