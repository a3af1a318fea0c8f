import { changedAt } from '~/core/waiting-since';
import type { ChangeRecord } from '~/db/product-record.server';
import type { Resources } from './resources';

/**
 * Counts what was recorded, once it is: how each change ended, and how long it had been on its way since it was committed
 * (or, where nobody knows when that was, asked for).
 */
export function countChanges(
  { metrics, now }: Pick<Resources, 'metrics' | 'now'>,
  records: Pick<ChangeRecord, 'changes' | 'since'>[],
): void {
  for (const { changes, since } of records)
    for (const { direction, state } of changes) {
      const from = since && (changedAt(direction, since) ?? since.askedAt);
      const seconds = from && Math.max(0, (now().getTime() - from.getTime()) / 1_000);
      metrics.changeRecorded({ direction, state, seconds });
    }
}
