/** Planning and applying are jobs of their own: here they are asked for. */
import type { JobQueue } from './jobs';

interface EditRef {
  shopId: string;
  editId: string;
}

/** While such a job waits or runs, a further one is not added. */
export async function queuePlanning(queue: JobQueue, edit: EditRef): Promise<void> {
  await queue.add([{ name: 'plan-bulk-edit', ...edit }], { deduplicationId: `plan-${edit.editId}` });
}

export async function queueApplying(queue: JobQueue, edit: EditRef): Promise<void> {
  await queue.add([{ name: 'apply-bulk-edit', ...edit }], { deduplicationId: `apply-${edit.editId}` });
}
