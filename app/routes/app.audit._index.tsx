import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useNavigate, useNavigation } from '@remix-run/react';
import { Banner, BlockStack, Card, EmptySearchResult, EmptyState } from '@shopify/polaris';
import { useEffect, useRef } from 'react';
import { readAuditQuery, writeAuditCursor, writeAuditFilter } from '~/db/pages/audit-query';
import type { AuditCursor } from '~/db/pages/audit-query';
import { readActors, readAuditPage, readTitles } from '~/db/pages/audit.server';
import { readLocationNames } from '~/db/pages/value-names.server';
import { authenticateShop } from '~/shopify.server';
import { AuditFilters, NO_AUDIT_FILTER } from '~/ui/audit-filters';
import type { AuditFilterValues } from '~/ui/audit-filters';
import { AuditTable } from '~/ui/audit-table';
import { useFileDownload } from '~/ui/file-download';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Audit log · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { filter, texts, cursor } = readAuditQuery(new URL(request.url).searchParams, shop.timezone);
  const scope = { shopId: shop.id, accountId: shop.accountId };
  const [page, actors, locations, titles] = await Promise.all([
    readAuditPage(resources.db, scope, { filter, cursor }),
    readActors(resources.db, shop.id),
    readLocationNames(resources.db, shop.id),
    readTitles(resources.db, scope, filter.productId === null ? [] : [filter.productId]),
  ]);
  const turn = (to: AuditCursor | null) => (to === null ? null : { [to.direction]: writeAuditCursor(to) });
  return {
    rows: page.rows.map((row) => ({ ...row, id: String(row.id), at: row.at.toISOString() })),
    names: { ids: page.names, locations },
    previous: turn(page.previous),
    next: turn(page.next),
    isFirst: cursor === null,
    texts,
    actors,
    productTitle: titles.get(filter.productId ?? '') ?? '',
    timeZone: shop.timezone,
  };
}

const addressOf = (values: AuditFilterValues) => `?${writeAuditFilter(values)}`;

export default function AuditLog() {
  const data = useLoaderData<typeof loader>();
  const { rows, texts, previous, next } = data;
  const navigate = useNavigate();
  const loading = useNavigation().state === 'loading';
  const file = useFileDownload(`/app/audit/export${addressOf(texts)}`, 'audit-log.csv');
  // What was asked for last counts, shown or not: a text whose typing rests meanwhile goes beside it.
  const asked = useRef<AuditFilterValues>(texts);
  useEffect(() => {
    asked.current = texts;
  }, [texts]);
  const show = (change: Partial<AuditFilterValues>) => {
    asked.current = { ...asked.current, ...change };
    navigate(addressOf(asked.current), { replace: true, preventScrollReset: true });
  };
  const turnTo = (cursor: { [direction: string]: string } | null) => {
    const next = writeAuditFilter(texts);
    for (const [name, value] of Object.entries(cursor ?? {})) next.set(name, value);
    navigate(`?${next}`);
  };
  const isEmpty = rows.length === 0 && data.isFirst && addressOf(texts) === addressOf(NO_AUDIT_FILTER);
  return (
    <PageFrame
      title="Audit log"
      fullWidth
      secondaryActions={[
        {
          content: 'Export as CSV',
          accessibilityLabel: 'Export as CSV: every change that matches',
          onAction: () => void file.start(),
          loading: file.busy,
          disabled: rows.length === 0,
        },
      ]}
    >
      <BlockStack gap="400">
        {file.problem !== null && <Banner tone="critical">{file.problem}</Banner>}
        <Card padding="0">
          {isEmpty ? (
            <EmptyState
              heading="Nothing has changed yet"
              image={bothSides}
              action={{ content: 'Go to Products', url: '/app/products' }}
            >
              <p>Every change between your catalog and Shopify is kept here: what, when, why and by whom.</p>
            </EmptyState>
          ) : (
            <>
              <AuditFilters
                values={texts}
                actors={data.actors}
                locations={data.names.locations}
                productTitle={data.productTitle}
                loading={loading}
                onChange={show}
              />
              <AuditTable
                rows={rows}
                names={data.names}
                timeZone={data.timeZone}
                loading={loading}
                onActor={(actor) => show({ actor })}
                emptyState={
                  <EmptySearchResult
                    title="No change matches"
                    description="Change the search or take away a filter."
                    withIllustration
                  />
                }
                pagination={{
                  hasPrevious: previous !== null,
                  hasNext: next !== null,
                  onPrevious: () => turnTo(previous),
                  onNext: () => turnTo(next),
                  previousTooltip: 'Newer',
                  nextTooltip: 'Older',
                  accessibilityLabel: 'Pages of the audit log',
                }}
              />
            </>
          )}
        </Card>
      </BlockStack>
    </PageFrame>
  );
}
