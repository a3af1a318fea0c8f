import type { SyncMode } from '~/core/canary';
import { startRun } from './start-run';
import type { Resources } from './resources';

/**
 * Says which products may be written. The report of what would be written starts anew, and a run follows: it fills the
 * report, or writes what was only reported.
 */
export async function setSyncMode(
  resources: Resources,
  input: { shopId: string; mode: SyncMode; canaryPercent?: number; actor: string },
): Promise<{ runId: string | null }> {
  const { db } = resources;
  const { shopId, mode, canaryPercent, actor } = input;
  const changed = await db.$transaction(async (tx) => {
    const before = await tx.shop.findUniqueOrThrow({
      where: { id: shopId },
      select: { syncMode: true, canaryPercent: true },
    });
    const percent = canaryPercent ?? before.canaryPercent;
    if (before.syncMode === mode && (mode !== 'canary' || before.canaryPercent === percent)) return false;
    await tx.shop.update({ where: { id: shopId }, data: { syncMode: mode, canaryPercent: percent } });
    await tx.shadowDecision.deleteMany({ where: { shopId } });
    return true;
  });
  if (!changed) return { runId: null };
  return startRun(resources, { shopId, trigger: 'manual', causedBy: actor });
}
