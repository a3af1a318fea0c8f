import { productDiffers } from '~/core/remote-drift';
import { nextWalked } from '~/db/reconciliations.server';
import { makeRoom } from './make-room';
import { compareWithStore, takeStride } from './walk-parts';
import type { Walking } from './walk-parts';

/** Products read at a time: what one query may ask for. More would take the points of work that somebody waits for. */
const PAGE = 6;

/** Reads the store product by product from the walk's cursor on; 'stopped' where somebody ended the walk. */
export async function reconcilePages(walking: Walking): Promise<'walked' | 'stopped'> {
  const { resources, scope, walk, signal } = walking;
  for (let after = walk.cursor; ;) {
    await makeRoom(walking);
    const page = await nextWalked(resources.db, scope.shopId, after, PAGE);
    const last = page.at(-1)?.productId;
    if (last === undefined) return 'walked';
    const readBegan = resources.now();
    const remoteIds = page.map(({ remoteId }) => remoteId);
    const { products, spent } = await scope.store.readProducts(remoteIds, { signal });
    const read = (remoteId: string) => products.get(remoteId) ?? null;
    const comparison = await compareWithStore(
      walking,
      remoteIds,
      readBegan,
      ({ remoteId, product }) => {
        const there = read(remoteId);
        return there !== null && productDiffers(product, there, 'whole');
      },
      (remoteId) => read(remoteId) === null,
    );
    const stride = { cursor: last, scanned: page.length, points: spent.points };
    if (!(await takeStride(walking, stride, comparison, readBegan))) return 'stopped';
    after = last;
  }
}
