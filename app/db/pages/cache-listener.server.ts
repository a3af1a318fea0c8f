/** Read model of who is told of the cache, and what became of it. */
import type { Queryable } from '../client.server';

export interface ListenerModel {
  shownUrl: string;
  isOn: boolean;
  /** News that were told to nobody. */
  dropped: number;
  waiting: number;
  messages: {
    id: string;
    products: number;
    state: string;
    attempts: number;
    problem: string | null;
    /** When it is tried again; ISO. */
    nextAt: string;
    createdAt: string;
    endedAt: string | null;
  }[];
}

/** Null where nobody is told. */
export async function readCacheListener(db: Queryable, shopId: string): Promise<ListenerModel | null> {
  const [listener, waiting, messages] = await Promise.all([
    db.cacheListener.findUnique({
      where: { shopId },
      select: { shownUrl: true, isOn: true, dropped: true },
    }),
    db.cacheMessage.count({ where: { shopId, state: 'waiting' } }),
    db.cacheMessage.findMany({
      where: { shopId },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: 10,
    }),
  ]);
  if (listener === null) return null;
  return {
    ...listener,
    waiting,
    messages: messages.map(({ id, products, state, attempts, problem, nextAt, createdAt, endedAt }) => ({
      ...{ id, products, state, attempts, problem },
      nextAt: nextAt.toISOString(),
      createdAt: createdAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? null,
    })),
  };
}
