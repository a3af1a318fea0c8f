import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { SaveBar } from '@shopify/app-bridge-react';
import { BlockStack, Button, Card, InlineStack, Text } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { readCaptureModel } from '~/db/pages/capture.server';
import { readSettings } from '~/db/pages/settings.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { mapLocations } from '~/sync/map-locations';
import { saveSettings } from '~/sync/save-settings';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { AuditRetention, retentionProblem } from '~/ui/audit-retention';
import { CaptureCard } from '~/ui/capture-card';
import { CopyField } from '~/ui/copy-field';
import { EditLimits } from '~/ui/edit-limits';
import { readLimits, sameLimits } from '~/ui/edit-limits-form';
import { LocationMapping } from '~/ui/location-mapping';
import type { MappedLocation } from '~/ui/location-mapping';
import { LowestPriceSwitch } from '~/ui/lowest-price-switch';
import { PageFrame } from '~/ui/page-frame';
import { policyLabel } from '~/ui/group-words';
import { SqlInstructions } from '~/ui/sql-instructions';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Settings · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const [settings, capture] = await Promise.all([
    readSettings(resources.db, shop),
    readCaptureModel(resources.db, resources.now()),
  ]);
  return { ...settings, capture, timeZone: shop.timezone };
}

const settings = z.object({
  auditRetentionDays: z.string(),
  editLimits: z.object({
    catalogPercent: z.string(),
    changePercent: z.string(),
    zeroStock: z.boolean(),
    secondPerson: z.boolean(),
    source: z.boolean(),
  }),
  /** Absent: as it is. */
  showsLowestPrice: z.boolean().optional(),
  locations: z.array(
    z.object({
      gid: z.string(),
      sourceName: z
        .string()
        .trim()
        .max(255)
        .nullable()
        .transform((name) => (name === '' ? null : name)),
      isDefault: z.boolean(),
    }),
  ),
});

export const action = actionOf('manage', notAllowed, act);

async function act({ request, resources, shop }: Acting): Promise<ActionAnswer> {
  const { locations, ...typed } = settings.parse(await request.json());
  const problem = retentionProblem(typed.auditRetentionDays);
  if (problem !== null) return { ok: false, message: problem };
  const limits = readLimits(typed.editLimits);
  if (limits.kind === 'problem') return { ok: false, message: limits.problem };
  const auditRetentionDays = Number(typed.auditRetentionDays);
  const known = new Map(
    (await readSettings(resources.db, shop)).locations.map(({ gid, name }) => [gid, name]),
  );
  const names = locations.map(({ gid, sourceName }) => sourceName ?? known.get(gid) ?? gid);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    return { ok: false, message: `“${twice}” is given to two locations: a name can mean only one` };
  const { showsLowestPrice } = typed;
  await saveSettings(resources, {
    shopId: shop.id,
    auditRetentionDays,
    editGuard: limits.guard,
    ...(showsLowestPrice !== undefined && { show30DayLowest: showsLowestPrice }),
  });
  await mapLocations(resources, { shopId: shop.id, locations });
  return { ok: true, message: 'Settings saved' };
}

export default function Settings() {
  const saved = useLoaderData<typeof loader>();
  const fetcher = useFetcher<typeof action>();
  const [auditRetentionDays, setAuditRetentionDays] = useState(saved.auditRetentionDays);
  const [editLimits, setEditLimits] = useState(saved.editLimits);
  const [showsLowestPrice, setShowsLowestPrice] = useState(saved.lowestPrice.isOn);
  const [locations, setLocations] = useState<MappedLocation[]>(saved.locations);
  useAnswerToast(fetcher.data);

  const changed =
    auditRetentionDays !== saved.auditRetentionDays ||
    !sameLimits(editLimits, saved.editLimits) ||
    showsLowestPrice !== saved.lowestPrice.isOn ||
    JSON.stringify(locations) !== JSON.stringify(saved.locations);
  const save = () =>
    fetcher.submit(
      {
        auditRetentionDays,
        editLimits: { ...editLimits },
        ...(showsLowestPrice !== saved.lowestPrice.isOn && { showsLowestPrice }),
        locations: locations.map(({ gid, sourceName, isDefault }) => ({ gid, sourceName, isDefault })),
      },
      { method: 'post', encType: 'application/json' },
    );
  const discard = () => {
    setAuditRetentionDays(saved.auditRetentionDays);
    setEditLimits(saved.editLimits);
    setShowsLowestPrice(saved.lowestPrice.isOn);
    setLocations(saved.locations);
  };

  return (
    <PageFrame title="Settings">
      <SaveBar open={changed}>
        <button variant="primary" onClick={save} {...(fetcher.state === 'idle' ? {} : { loading: '' })}>
          Save
        </button>
        <button onClick={discard}>Discard</button>
      </SaveBar>
      <BlockStack gap="400">
        <Card>
          <BlockStack gap="300" inlineAlign="start">
            <Text as="h2" variant="headingMd">
              What wins
            </Text>
            <Text as="p">{`${policyLabel(saved.conflictPolicy)}, unless a rule says otherwise.`}</Text>
            <Button url="/app/policies">Policies and rules</Button>
          </BlockStack>
        </Card>
        <Card>
          <BlockStack gap="300" inlineAlign="start">
            <Text as="h2" variant="headingMd">
              Source
            </Text>
            <Text as="p">
              Your products come from Lockstep’s catalog, which a PostgreSQL, MySQL or MariaDB database of
              your own can fill.
            </Text>
            <Button url="/app/source">Choose the source</Button>
          </BlockStack>
        </Card>
        <CaptureCard capture={saved.capture} timeZone={saved.timeZone} />
        <LocationMapping
          locations={locations}
          catalogNames={saved.catalogLocationNames}
          onChange={setLocations}
        />
        <EditLimits limits={editLimits} onChange={setEditLimits} />
        <LowestPriceSwitch
          isOn={showsLowestPrice}
          isByCurrency={saved.lowestPrice.chosen === null}
          onChange={setShowsLowestPrice}
        />
        <AuditRetention days={auditRetentionDays} onChange={setAuditRetentionDays} />
        <Card>
          <BlockStack gap="300" inlineAlign="start">
            <Text as="h2" variant="headingMd">
              REST API
            </Text>
            <Text as="p">Other programs change products, start syncs and answer conflicts with a key.</Text>
            <Button url="/app/api-keys">API keys</Button>
          </BlockStack>
        </Card>
        <Card>
          <BlockStack gap="300">
            <Text as="h2" variant="headingMd">
              Writing the catalog by SQL
            </Text>
            <CopyField label="Account id" value={saved.accountId} />
            <SqlInstructions accountId={saved.accountId} />
          </BlockStack>
        </Card>
        <InlineStack align="center">
          <Text as="p" tone="subdued">
            {saved.domain}
          </Text>
        </InlineStack>
      </BlockStack>
    </PageFrame>
  );
}
