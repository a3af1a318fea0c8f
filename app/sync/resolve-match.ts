import { z } from 'zod';
import type { Gid, SourceId } from '~/core/product-state';
import { linkProduct } from '~/db/links.server';
import { requestSync } from './request-sync';
import type { Resources } from './resources';

const candidates = z.array(z.object({ remoteId: z.string() }));

/** A choice that can no longer be made; the message says why and what to do. */
export class MatchRefused extends Error {
  override name = 'MatchRefused';
}

/** The merchant says which product of the store this one is; null: none of them, it is to be created. */
export async function resolveMatch(
  resources: Resources,
  {
    shopId,
    productId,
    remoteId,
    causedBy,
  }: { shopId: string; productId: SourceId; remoteId: Gid | null; causedBy?: string },
): Promise<void> {
  const { db } = resources;
  await db.$transaction(async (tx) => {
    const key = { shopId_productId: { shopId, productId } };
    const match = await tx.ambiguousMatch.findUnique({ where: key });
    if (!match) throw new MatchRefused('This match was settled meanwhile: reload the page.');
    if (remoteId === null)
      await tx.productLink.update({
        where: key,
        data: { state: 'unlinked', syncState: 'pending', version: { increment: 1 } },
      });
    else {
      if (!candidates.parse(match.candidates).some((candidate) => candidate.remoteId === remoteId))
        throw new MatchRefused('This product is not among the candidates: reload the page.');
      if (!(await linkProduct(tx, shopId, productId, remoteId)))
        throw new MatchRefused(
          'Another product of your catalog is already linked to this one: choose a different one.',
        );
      await tx.productLink.update({ where: key, data: { syncState: 'pending' } });
    }
    await tx.ambiguousMatch.delete({ where: key });
  });
  await requestSync(resources, {
    shopId,
    productIds: [productId],
    cause: 'change',
    causedBy: causedBy ?? 'match settled',
    runId: null,
  });
}
