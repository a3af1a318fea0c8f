import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData, useNavigate, useSearchParams } from '@remix-run/react';
import { Banner, BlockStack } from '@shopify/polaris';
import { z } from 'zod';
import { tellingFields } from '~/core/history';
import { localTime } from '~/core/local-time';
import { readAuditCursor, readAuditQuery, writeAuditCursor } from '~/db/pages/audit-query';
import type { AuditCursor } from '~/db/pages/audit-query';
import { readAuditPage, readTitles } from '~/db/pages/audit.server';
import { readMoment } from '~/db/pages/past-query';
import { lastChangeOf, lastChanges, readPast } from '~/db/pages/product-history.server';
import { readLocationNames, readValueNames } from '~/db/pages/value-names.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { obstacleText, restoreProduct, seenValue } from '~/sync/restore-product';
import { loadSyncScope } from '~/sync/sync-scope';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { fieldLabel } from '~/ui/field-words';
import { counted } from '~/ui/formats';
import { HistoryTimeline } from '~/ui/history-timeline';
import { MomentPicker } from '~/ui/moment-picker';
import { PageFrame } from '~/ui/page-frame';
import { Pager, pageNumber } from '~/ui/pager';
import { groupPast, restorables } from '~/ui/past-fields';
import { PastProduct } from '~/ui/past-product';
import type { LeftField } from '~/ui/past-product';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'History of a product · Lockstep' }];

/** At, or on which moment; whether to show what is the same; pages of variants and of the timeline. */
const PARAMETERS = new Set(['at', 'on', 'show', 'variants', 'after', 'before']);
const GROUPS_A_PAGE = 10;
const DAY_MS = 86_400_000;
const notFound = () => new Response('There is no such product in this catalog.', { status: 404 });

type Shop = Awaited<ReturnType<typeof authenticateShop>>['shop'];
type Resources = Awaited<ReturnType<typeof authenticateShop>>['resources'];

/** The product at one moment beside today, one page of its variants. */
async function readMomentOf(
  resources: Resources,
  shop: Shop,
  productId: string,
  asked: { instant: Date; onlyDifferences: boolean; page: number },
) {
  const scope = await loadSyncScope(resources, shop.id);
  if (!scope) throw notFound();
  const [past, last, locations] = await Promise.all([
    readPast(resources.db, scope, productId, asked.instant),
    lastChanges(resources.db, shop.id, productId),
    readLocationNames(resources.db, shop.id),
  ]);
  const { source } = past;
  const fields = tellingFields(past.fields);
  const ids = await readValueNames(
    resources.db,
    shop.accountId,
    fields.map(({ path, then, now }) => ({
      field: path.field,
      variantId: path.variant,
      values: [then, now],
    })),
  );
  const differing = fields.filter(({ isSame }) => !isSame);
  const groups = groupPast(asked.onlyDifferences ? differing : fields, source, {
    names: { ids: Object.fromEntries(ids), locations },
    obstacle: ({ obstacle }) => obstacleText(obstacle),
    last: ({ path }) => {
      const change = lastChangeOf(last, path);
      return (
        change && { at: change.at.toISOString(), causedBy: change.causedBy, direction: change.direction }
      );
    },
  });
  const pages = Math.max(1, Math.ceil(groups.length / GROUPS_A_PAGE));
  const page = Math.min(asked.page, pages);
  const reach = new Date(resources.now().getTime() - shop.auditRetentionDays * DAY_MS);
  return {
    moment: asked.instant.toISOString(),
    groups: groups.slice((page - 1) * GROUPS_A_PAGE, page * GROUPS_A_PAGE),
    page,
    pages,
    groupsTotal: groups.length,
    restorables: restorables(fields, seenValue),
    differences: differing.length,
    isBeyondRecord: asked.instant < reach,
    isGone: source === null,
  };
}

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const productId = z.uuid().safeParse(params['id']).data;
  if (productId === undefined) throw notFound();
  const { searchParams } = new URL(request.url);
  const scope = { shopId: shop.id, accountId: shop.accountId };
  const titles = await readTitles(resources.db, scope, [productId]);
  const title = titles.get(productId);
  if (title === undefined) throw notFound();
  const instant = readMoment(searchParams, shop.timezone);
  const onlyDifferences = searchParams.get('show') !== 'all';
  const { filter } = readAuditQuery(new URLSearchParams({ product: productId }), shop.timezone);
  const [after, before] = [searchParams.get('after'), searchParams.get('before')];
  const cursor =
    after !== null
      ? readAuditCursor('after', after)
      : before !== null
        ? readAuditCursor('before', before)
        : null;
  const [timeline, locations, past] = await Promise.all([
    readAuditPage(resources.db, scope, { filter, cursor }),
    readLocationNames(resources.db, shop.id),
    instant === null
      ? null
      : readMomentOf(resources, shop, productId, {
          instant,
          onlyDifferences,
          page: pageNumber(searchParams.get('variants')),
        }),
  ]);
  const turn = (to: AuditCursor | null) =>
    to === null ? null : { name: to.direction, value: writeAuditCursor(to) };
  return {
    productId,
    title,
    past,
    onlyDifferences,
    timeline: {
      rows: timeline.rows.map((row) => ({ ...row, id: String(row.id), at: row.at.toISOString() })),
      names: { ids: timeline.names, locations },
      newer: turn(timeline.previous),
      older: turn(timeline.next),
    },
    shown: instant === null ? '' : localTime(instant, shop.timezone),
    latest: localTime(resources.now(), shop.timezone),
    timeZone: shop.timezone,
    retentionDays: shop.auditRetentionDays,
  };
}

const restore = z.object({
  at: z.iso.datetime(),
  fields: z
    .array(
      z.object({
        variant: z.string().max(255).nullable(),
        field: z.string().max(500),
        seen: z.string().max(100),
      }),
    )
    .min(1)
    .max(100_000),
});

export const action = actionOf('edit', notAllowed, act);

async function act({
  request,
  params,
  resources,
  shop,
  actor,
}: Acting): Promise<ActionAnswer & { at?: string; left?: LeftField[] }> {
  const productId = z.uuid().parse(params['id']);
  const wanted = restore.parse(await request.json());
  const outcome = await restoreProduct(resources, {
    shopId: shop.id,
    productId,
    instant: new Date(wanted.at),
    fields: wanted.fields.map(({ variant, field, seen }) => ({ path: { variant, field }, seen })),
    causedBy: actor,
  });
  if (outcome.kind === 'gone') return { ok: false, message: 'The product is no longer in the catalog' };
  const restored = outcome.fields.filter(({ result }) => result === 'restored').length;
  const [locations, names] = await Promise.all([
    readLocationNames(resources.db, shop.id),
    readValueNames(
      resources.db,
      shop.accountId,
      outcome.fields.map(({ path }) => ({ field: path.field, variantId: path.variant, values: [] })),
    ),
  ]);
  const left = outcome.fields.flatMap(({ path, message }) =>
    message === undefined
      ? []
      : [
          {
            label: [fieldLabel(path.field, locations), names.get(path.variant ?? '') ?? '']
              .filter((part) => part !== '')
              .join(' · '),
            reason: message,
          },
        ],
  );
  return restored > 0
    ? { ok: true, message: `${counted(restored, 'field')} restored`, at: wanted.at, left }
    : { ok: false, message: 'Nothing was restored', at: wanted.at, left };
}

export default function ProductHistory() {
  const data = useLoaderData<typeof loader>();
  const { past, timeline, timeZone } = data;
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const restoring = useFetcher<typeof action>();
  useAnswerToast(restoring.data);
  /** The address with other parameters; null takes one away. */
  const addressWith = (changes: Record<string, string | null>) => {
    // What the admin added to open the page (a token, a signature) stays out of it.
    const next = new URLSearchParams([...parameters].filter(([name]) => PARAMETERS.has(name)));
    for (const [name, value] of Object.entries(changes))
      if (value === null) next.delete(name);
      else next.set(name, value);
    return `?${next}`;
  };
  const turnTo = (cursor: { name: string; value: string } | null) =>
    cursor === null
      ? null
      : () => navigate(addressWith({ after: null, before: null, [cursor.name]: cursor.value }));
  return (
    <PageFrame
      title={`History of ${data.title === '' ? 'an untitled product' : data.title}`}
      backAction={{ content: 'Product', url: `/app/products/${data.productId}` }}
      secondaryActions={[
        {
          content: 'Show in the audit log',
          onAction: () => navigate(`/app/audit?product=${data.productId}`),
        },
      ]}
    >
      <BlockStack gap="400">
        <MomentPicker key={data.shown} shown={data.shown} latest={data.latest} timeZone={timeZone} />
        {past?.isBeyondRecord === true && (
          <Banner tone="info">
            {`The audit log reaches back ${counted(data.retentionDays, 'day')}: of what changed before, only what it became is known.`}
          </Banner>
        )}
        {past?.isGone === true && (
          <Banner tone="warning">
            The product is no longer in your catalog: it can be looked at, but not restored.
          </Banner>
        )}
        {past !== null && (
          <>
            <PastProduct
              // What can be chosen is chosen anew once it is another moment, or today has moved.
              key={`${past.moment} ${past.restorables.map(({ key, seen }) => `${key}=${seen}`).join()}`}
              moment={past.moment}
              timeZone={timeZone}
              groups={past.groups}
              restorables={past.isGone ? [] : past.restorables}
              differences={past.differences}
              onlyDifferences={data.onlyDifferences}
              onOnlyDifferences={(only) =>
                navigate(addressWith({ show: only ? null : 'all', variants: null }), {
                  replace: true,
                  preventScrollReset: true,
                })
              }
              restoring={restoring.state !== 'idle'}
              left={restoring.data?.at === past.moment ? (restoring.data.left ?? []) : []}
              onRestore={(fields) =>
                restoring.submit(
                  {
                    at: past.moment,
                    fields: fields.map(({ variant, field, seen }) => ({ variant, field, seen })),
                  },
                  { method: 'post', encType: 'application/json' },
                )
              }
            />
            <Pager
              parameter="variants"
              page={past.page}
              pages={past.pages}
              label={`Pages of ${counted(past.groupsTotal, 'part')} of the product`}
            />
          </>
        )}
        <HistoryTimeline
          rows={timeline.rows}
          names={timeline.names}
          timeZone={timeZone}
          urlOf={(moment) => addressWith({ at: moment, on: null, variants: null })}
          onNewer={turnTo(timeline.newer)}
          onOlder={turnTo(timeline.older)}
        />
      </BlockStack>
    </PageFrame>
  );
}
