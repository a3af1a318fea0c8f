/** Bulk edits: each request makes a job. */
import type { z } from 'zod';
import type { EditTarget } from '~/core/promotion';
import { findActiveLocations } from '~/db/shops.server';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import {
  imageBody,
  imageChanges,
  inventoryBody,
  inventoryChanges,
  priceBody,
  priceChanges,
  tagBody,
  tagChanges,
} from './bulk-changes';
import type { NamedChange } from './bulk-changes';
import { editErrors, selectionOf } from './bulk-selection';
import type { selectionShape } from './bulk-selection';
import { endpoint, none } from './endpoint';
import type { ApiContext, Endpoint } from './endpoint';
import { awaitPlan, job, readJob } from './job';
import { pictureAddresses } from './pictures';
import { notFound } from './problem';
import type { Problem } from './problem';

/** What starting a job answers. */
export const startedAnswers = {
  200: { description: 'A dry run: the job, planned and not applied.', body: job },
  202: { description: 'The job, which goes on by itself.', body: job },
};

/** Answers with a job that was just made: a dry run once it is planned. */
export async function answerStarted(context: ApiContext, jobId: string, isDryRun: boolean) {
  const made = isDryRun ? await awaitPlan(context, jobId) : await readJob(context, jobId);
  if (made === null) return notFound('job');
  const headers = { location: made.links.self };
  return isDryRun && made.state !== 'planning'
    ? { status: 200 as const, body: made, headers }
    : { status: 202 as const, body: made, headers };
}

/** Whether an earlier attempt of this request, whose process died, has made its job. */
export async function isStarted(context: ApiContext): Promise<boolean> {
  return (await readJob(context, context.operationId)) !== null;
}

/** Starts a bulk edit and answers its job. */
export async function startJob(
  context: ApiContext,
  body: z.output<z.ZodObject<typeof selectionShape>>,
  usualName: string,
  changes: NamedChange[],
  target: EditTarget = { kind: 'catalog' },
) {
  const { resources, shop, actor, operationId } = context;
  const isDryRun = body.dry_run ?? false;
  if (await isStarted(context)) return answerStarted(context, operationId, isDryRun);
  const outcome = await startBulkEdit(resources, {
    id: operationId,
    shopId: shop.id,
    name: body.name ?? usualName,
    selection: selectionOf(body),
    changes: changes.map(({ change }) => change),
    target,
    causedBy: actor,
    via: 'api',
    appliesItself: !isDryRun,
  });
  if (outcome.kind === 'started') return answerStarted(context, outcome.editId, isDryRun);
  const problem: Problem = {
    problem: 'invalid-value',
    detail: 'The edit makes no sense as it stands; nothing was started.',
    errors: editErrors(outcome.problems, body, changes),
  };
  return problem;
}

/** The location that is meant, by id or name. */
async function locationOf(
  { resources, shop }: ApiContext,
  { location_id: locationId, location }: z.output<typeof inventoryBody>,
): Promise<string | Problem> {
  if (locationId !== undefined) return locationId;
  const known = await findActiveLocations(resources.db, shop.id);
  const found = known.find(({ name }) => name === location);
  if (found) return found.gid;
  return {
    problem: 'invalid-value',
    detail: 'The store has no active location of this name.',
    errors: [
      {
        field: 'location',
        value: location?.slice(0, 200).toWellFormed() ?? null,
        reason: 'The store has no active location of this name.',
        remedy: `Send one of: ${known.map(({ name }) => name).join(', ')}.`,
      },
    ],
  };
}

const targetOf = ({ target = 'catalog' }: { target?: 'catalog' | 'store' | undefined }): EditTarget => ({
  kind: target,
});

const shared = {
  method: 'POST',
  tag: 'Bulk edits',
  scope: 'bulk:write',
  params: none,
  query: none,
  answers: startedAnswers,
  problems: [],
} as const;

const HOW =
  'Say the products by exactly one of category, query, skus and product_ids. The job plans each field first and applies the plan by itself; where it goes beyond a limit of the shop it stays planned and says how to confirm it. What somebody changes between plan and writing is not overwritten.';

export const bulkEndpoints: Endpoint[] = [
  endpoint({
    ...shared,
    problems: [],
    id: 'updatePrices',
    path: '/bulk-price-update',
    summary: 'Change prices',
    description: HOW,
    body: priceBody,
    example: { category: 'Bedding', price_adjustment: '-10%' },
  })((context, { body }) => startJob(context, body, 'Price update', priceChanges(body), targetOf(body))),
  endpoint({
    ...shared,
    problems: [],
    id: 'updateTags',
    path: '/bulk-tag-update',
    summary: 'Change tags',
    description: `${HOW} Several changes of one request are made in this order: replace, rename, remove, add.`,
    body: tagBody,
    example: { query: 'vendor:Fjell', add: ['Winter sale'], remove: ['Summer sale'] },
  })((context, { body }) => startJob(context, body, 'Tag update', tagChanges(body), targetOf(body))),
  endpoint({
    ...shared,
    problems: [],
    id: 'updateInventory',
    path: '/bulk-inventory-update',
    summary: 'Change stock',
    description: HOW,
    body: inventoryBody,
    example: { skus: ['TENT-2P-GREEN'], location: 'Warehouse', adjust: -3 },
  })(async (context, { body }) => {
    const location = await locationOf(context, body);
    if (typeof location !== 'string') return location;
    return startJob(context, body, 'Stock update', inventoryChanges(body, location));
  }),
  endpoint({
    ...shared,
    problems: [],
    id: 'uploadImages',
    path: '/bulk-image-upload',
    summary: 'Add or replace pictures',
    description: `${HOW} Pictures are given by their public address, or by the id of an upload (POST /pictures). Before the plan each address is looked at: where it shows no picture that Shopify takes, the job fails and says why.`,
    body: imageBody,
    example: {
      query: 'tag:tents',
      add: [{ url: 'https://example.com/size-chart.png', alt: 'Size chart of our tents' }],
    },
  })(async (context, { body }) => {
    const addresses = await pictureAddresses(context, body);
    return 'problem' in addresses
      ? addresses
      : startJob(context, body, 'Pictures', imageChanges(body, addresses.urls));
  }),
];
