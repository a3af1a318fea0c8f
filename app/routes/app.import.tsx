import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData, useNavigate } from '@remix-run/react';
import { Banner, BlockStack, Box, Card, InlineStack, Link, Text } from '@shopify/polaris';
import { useEffect } from 'react';
import { z } from 'zod';
import { readCsvWatch, readImport, readImports } from '~/db/pages/imports.server';
import { readLiveState } from '~/db/pages/live.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { cancelImport } from '~/sync/cancel-import';
import { WATCH_MINUTES, lookAtCsvNow, saveCsvWatch, stopCsvWatch } from '~/sync/save-csv-watch';
import { startImport } from '~/sync/start-import';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { useCatalogExport } from '~/ui/catalog-export';
import { CsvUpload, MAX_CSV_BYTES, csvProblem } from '~/ui/csv-upload';
import { CsvWatchCard } from '~/ui/csv-watch-card';
import { counted, formatInstant } from '~/ui/formats';
import { ImportProgressCard, ImportResult } from '~/ui/import-result';
import { useLiveState } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { Pager, pageNumber } from '~/ui/pager';
import { StateBadge } from '~/ui/state-badge';
import { importStateWords, isImportActive } from '~/ui/state-words';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Import and export · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { searchParams } = new URL(request.url);
  const wanted = z.uuid().safeParse(searchParams.get('id')).data;
  const [imports, live, catalogProducts, watch] = await Promise.all([
    readImports(resources.db, shop.id),
    readLiveState(resources.db, shop.id, resources.now()),
    resources.db.catalogProduct.count({ where: { accountId: shop.accountId } }),
    readCsvWatch(resources.db, shop.id),
  ]);
  // Whoever comes back finds the newest import without having to look for it.
  const shown = wanted ?? imports[0]?.id;
  const result =
    shown === undefined
      ? null
      : await readImport(resources.db, shop.id, shown, pageNumber(searchParams.get('problems')));
  return { imports, result, live, catalogProducts, watch, timeZone: shop.timezone };
}

const watching = z.discriminatedUnion('watch', [
  z.object({
    watch: z.literal('save'),
    url: z.string().max(2_048),
    everyMinutes: z.coerce.number().pipe(z.literal(WATCH_MINUTES)),
  }),
  z.object({ watch: z.literal('now') }),
  z.object({ watch: z.literal('stop') }),
]);

async function watchFile(
  { resources, shop, actor }: Awaited<ReturnType<typeof authenticateShop>>,
  asked: z.output<typeof watching>,
): Promise<ActionAnswer> {
  const { id: shopId } = shop;
  switch (asked.watch) {
    case 'save': {
      const { url, everyMinutes } = asked;
      const saved = await saveCsvWatch(resources, { shopId, url, everyMinutes, createdBy: actor });
      return saved.kind === 'saved'
        ? { ok: true, message: 'The file is watched' }
        : { ok: false, message: `${saved.reason} ${saved.remedy}` };
    }
    case 'now':
      return (await lookAtCsvNow(resources, shopId))
        ? { ok: true, message: 'It is looked at within seconds' }
        : { ok: false, message: 'Somebody stopped watching it' };
    case 'stop':
      await stopCsvWatch(resources, shopId);
      return { ok: true, message: 'The file is left alone' };
  }
}

/** Room for the form's own lines around the file. */
const FORM_BYTES = 10_000;

export const action = actionOf('edit', notAllowed, act);

async function act(authenticated: Acting): Promise<ActionAnswer & { importId?: string }> {
  const { request } = authenticated;
  const { resources, shop, actor } = authenticated;
  if (Number(request.headers.get('Content-Length') ?? 0) > MAX_CSV_BYTES + FORM_BYTES)
    return { ok: false, message: csvProblem({ name: 'The file.csv', size: MAX_CSV_BYTES + 1 }) ?? '' };
  const form = await request.formData();
  const cancelled = z.uuid().safeParse(form.get('cancel')).data;
  if (cancelled !== undefined) {
    await cancelImport(resources, { shopId: shop.id, importId: cancelled });
    return { ok: true, message: 'Stopping the import' };
  }
  if (form.has('watch')) return watchFile(authenticated, watching.parse(Object.fromEntries(form)));
  const file = form.get('file');
  if (!(file instanceof File))
    return { ok: false, message: 'No file arrived. Choose a CSV file and try again.' };
  const problem = csvProblem(file);
  if (problem !== null) return { ok: false, message: problem };
  const content = new Uint8Array(await file.arrayBuffer());
  const { importId } = await startImport(resources, {
    shopId: shop.id,
    filename: file.name,
    content,
    causedBy: actor,
  });
  return { ok: true, message: 'Import started', importId };
}

export default function Import() {
  const { imports, result, live: loaded, catalogProducts, watch, timeZone } = useLoaderData<typeof loader>();
  const { state: live } = useLiveState(loaded);
  const navigate = useNavigate();
  const upload = useFetcher<typeof action>();
  const cancel = useFetcher<typeof action>();
  const exporting = useCatalogExport();
  useAnswerToast(upload.data?.ok === true ? upload.data : null);
  useAnswerToast(cancel.data);
  const started = upload.data?.importId;
  useEffect(() => {
    if (started === undefined) return;
    navigate(`?id=${started}`, { replace: true, preventScrollReset: true });
  }, [started, navigate]);

  const running = live.import;
  const ended = result !== null && !isImportActive(result.state) ? result : null;

  return (
    <PageFrame
      title="Import and export"
      secondaryActions={[
        {
          content: 'Export catalog',
          onAction: () => void exporting.start(),
          loading: exporting.busy,
          disabled: catalogProducts === 0,
        },
      ]}
    >
      <BlockStack gap="400">
        {exporting.problem !== null && <Banner tone="critical">{exporting.problem}</Banner>}
        {running !== null && (
          <ImportProgressCard
            running={running}
            now={live.now}
            cancelling={cancel.state !== 'idle'}
            onCancel={() => cancel.submit({ cancel: running.id }, { method: 'post' })}
          />
        )}
        <CsvUpload
          // A new form for each import: the file that was taken is no longer offered.
          key={started ?? 'first'}
          uploading={upload.state !== 'idle'}
          problem={upload.data?.ok === false ? upload.data.message : null}
          onUpload={(file) => {
            const form = new FormData();
            form.set('file', file);
            upload.submit(form, { method: 'post', encType: 'multipart/form-data' });
          }}
        />
        <CsvWatchCard watch={watch} timeZone={timeZone} />
        {ended !== null && (
          <ImportResult result={ended}>
            <Pager
              parameter="problems"
              page={ended.problemsPage}
              pages={ended.problemsPages}
              label="Pages of problems"
            />
          </ImportResult>
        )}
        {imports.length > 0 && (
          <Card padding="0">
            <Box padding="400">
              <Text as="h2" variant="headingMd">
                Imports
              </Text>
            </Box>
            {imports.map((one) => (
              <Box key={one.id} padding="400" borderBlockStartWidth="025" borderColor="border">
                <InlineStack align="space-between" gap="200" blockAlign="center">
                  <BlockStack gap="050">
                    <Link url={`/app/import?id=${one.id}`} removeUnderline>
                      {one.filename}
                    </Link>
                    <Text as="span" tone="subdued">
                      {`${formatInstant(one.createdAt, timeZone)} · ${counted(one.created, 'product')} created, ${one.updated} updated, ${counted(one.rejected, 'row')} rejected`}
                    </Text>
                  </BlockStack>
                  <StateBadge words={importStateWords(one.state)} />
                </InlineStack>
              </Box>
            ))}
          </Card>
        )}
      </BlockStack>
    </PageFrame>
  );
}
