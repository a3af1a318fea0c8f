/** First sync: what the store already sells is linked to the catalog before anything is created. */
import { matchProducts } from '~/core/match-products';
import type { RemoteOutline } from '~/core/match-products';
import { readOutlines } from '~/db/catalog-products.server';
import { ensureLinks } from '~/db/links.server';
import { addFigures } from '~/db/runs.server';
import type { JobContext } from './jobs';
import type { Resources } from './resources';
import type { SyncScope } from './sync-scope';

/** Walks the store and links its products; ambiguous ones are kept for the merchant to settle. */
export async function adoptStore(
  resources: Resources,
  scope: SyncScope,
  runId: string,
  { signal }: JobContext,
): Promise<void> {
  const { db, live, now } = resources;
  const { shopId } = scope;
  const remotes: RemoteOutline[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await scope.store.outline(cursor, { signal });
    remotes.push(
      ...page.products.map(({ variants, ...outline }) => ({
        ...outline,
        skus: variants.flatMap((variant) => variant.sku ?? []),
      })),
    );
    await addFigures(db, runId, page.spent);
    await db.syncRun.update({ where: { id: runId }, data: { adoptedScanned: remotes.length } });
    await live.publish(shopId, { kind: 'run-progress', runId });
    cursor = page.next;
    if (cursor === null) break;
  }
  await ensureLinks(db, scope);
  const taken = new Set(
    (
      await db.productLink.findMany({
        where: { shopId, remoteId: { not: null } },
        select: { remoteId: true },
      })
    ).map((link) => link.remoteId),
  );
  const open = new Set(
    (
      await db.productLink.findMany({ where: { shopId, state: 'unlinked' }, select: { productId: true } })
    ).map((link) => link.productId),
  );
  const sources = (await readOutlines(db, scope.accountId)).filter((outline) => open.has(outline.id));
  const { linked, ambiguous } = matchProducts(
    sources,
    remotes.filter((remote) => !taken.has(remote.id)),
  );
  await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`
        UPDATE app.product_link link SET remote_id = row."remoteId", state = 'linked', version = version + 1
        FROM jsonb_to_recordset(${JSON.stringify(linked)}::jsonb) AS row("productId" uuid, "remoteId" text)
        WHERE link.shop_id = ${shopId}::uuid AND link.product_id = row."productId" AND link.state = 'unlinked' AND link.remote_id IS NULL`;
      await tx.productLink.updateMany({
        where: {
          shopId,
          productId: { in: ambiguous.map((match) => match.productId) },
          state: 'unlinked',
          remoteId: null,
        },
        data: { state: 'ambiguous', syncState: 'ambiguous' },
      });
      for (const { productId, candidates } of ambiguous) {
        const found = { candidates: candidates.map((candidate) => ({ ...candidate })), foundAt: now() };
        await tx.ambiguousMatch.upsert({
          where: { shopId_productId: { shopId, productId } },
          create: { shopId, productId, ...found },
          update: found,
        });
      }
      await tx.shop.update({ where: { id: shopId }, data: { adoptedAt: now() } });
    },
    { timeout: 120_000 },
  );
}
