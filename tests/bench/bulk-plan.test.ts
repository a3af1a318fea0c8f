/**
 * A bulk edit of 100,000 variants: the editor's live preview, the whole plan, and every kind of page of it. The acceptance
 * asks for pages within 2 s; each is also shown as a multiple of a bare read of the same 100,000 prices in the same run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCatalog } from '~/catalog/large-catalog';
import { loadGenerated } from '~/db/catalog-load.server';
import { readBulkEdit, readBulkEditFields } from '~/db/pages/bulk-edits.server';
import { planBulkEdit } from '~/sync/plan-bulk-edit';
import { previewBulkEdit } from '~/sync/preview-bulk-edit';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import { PERCENT } from '../support/edits';
import { openStage } from '../support/stage';
import type { Stage } from '../support/stage';

const VARIANTS = Number(process.env['VARIANTS'] ?? 100_000);
const EACH = 10;
/** What the acceptance asks for, in milliseconds. */
const PAGE_LIMIT_MS = 2_000;

let stage: Stage;
let bareMs = 0;
const lines: string[] = [];

async function timed<T>(name: string, work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  lines.push(
    `| ${name.padEnd(44)} | ${`${Math.round(ms)} ms`.padStart(9)} | ${(ms / bareMs).toFixed(2).padStart(7)} |`,
  );
  return { ms, result };
}

beforeAll(async () => {
  stage = await openStage({ worker: false });
  await loadGenerated(
    stage.resources.db,
    stage.accountId,
    generateCatalog({ seed: 7, products: VARIANTS / EACH, minVariants: EACH, maxVariants: EACH }),
  );
  await stage.resources.db.$executeRaw`ANALYZE`;
  const bare = () =>
    stage.resources.db.$queryRaw`SELECT id, sku, price, compare_at_price, cost FROM catalog.variant`;
  await bare();
  const start = performance.now();
  await bare();
  bareMs = performance.now() - start;
});
afterAll(async () => {
  await stage?.close();
  process.stdout.write(
    `\n| ${VARIANTS} variants`.padEnd(48) +
      `|      time | ÷ bare read (${Math.round(bareMs)} ms) |\n${lines.join('\n')}\n`,
  );
});

describe('a plan of 100,000 variants', () => {
  it('is previewed, made and turned over within the limit', async () => {
    const { resources, shopId } = stage;
    const edit = { shopId, selection: { kind: 'query', query: '' } as const, changes: [PERCENT('-10')] };
    const preview = await timed('live preview of the editor', () => previewBulkEdit(resources, edit));
    expect(preview.result).toMatchObject({ kind: 'preview', variants: VARIANTS });
    const narrow = await timed('live preview, price range and words', () =>
      previewBulkEdit(resources, { ...edit, selection: { kind: 'query', query: 'tent price:>200' } }),
    );
    expect(narrow.result).toMatchObject({ kind: 'preview' });
    const started = await startBulkEdit(resources, {
      ...edit,
      name: 'All',
      causedBy: 'bench',
      via: 'app',
      appliesItself: false,
    });
    if (started.kind !== 'started') throw new Error(JSON.stringify(started));
    const { editId } = started;
    await timed('the whole plan (background job)', () =>
      planBulkEdit(
        resources,
        { name: 'plan-bulk-edit', shopId, editId },
        { jobId: 'bench', interrupted: false, signal: new AbortController().signal },
      ),
    );
    const summary = await timed('summary of the plan', () => readBulkEdit(resources.db, shopId, editId));
    expect(summary.result).toMatchObject({ state: 'planned', fieldsToChange: VARIANTS });
    const page = (states: string[], warning: string | null, after: number) => () =>
      readBulkEditFields(resources.db, shopId, editId, { states, warning, after, limit: 50 });
    const pages = [
      await timed('first page', page([], null, -1)),
      await timed('page in the middle', page([], null, VARIANTS / 2)),
      await timed('last page', page([], null, VARIANTS - 50)),
      await timed('middle of what changes', page(['planned'], null, VARIANTS / 2)),
      await timed('what is skipped (none)', page(['skipped'], null, -1)),
      await timed('with a warning that few have', page([], 'below-cost', -1)),
      await timed('with a warning that none has', page([], 'to-zero', -1)),
    ];
    for (const { ms } of [preview, narrow, summary, ...pages]) expect(ms).toBeLessThan(PAGE_LIMIT_MS);
  });
});
