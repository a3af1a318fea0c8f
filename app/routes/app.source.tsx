import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData, useNavigate } from '@remix-run/react';
import { Banner, BlockStack, Button, Card, InlineStack, Select, Text } from '@shopify/polaris';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { suggestMapping } from '~/core/suggest-mapping';
import type { Relation, RelationDescription, SourceMapping } from '~/core/source-mapping';
import { sourceModes } from '~/core/source-mode';
import { readSourcePage } from '~/db/pages/source.server';
import { authenticateShop } from '~/shopify.server';
import { checkSource } from '~/sync/check-source';
import { connectSource } from '~/sync/connect-source';
import { readSourceTables } from '~/sync/read-source-tables';
import { saveSourceMapping } from '~/sync/save-source-mapping';
import { sourceMapping } from '~/sync/source-mapping-schema';
import { steerSource } from '~/sync/steer-source';
import { refusedAnswer, useAnswerToast } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { SourceCheckResult } from '~/ui/source-check-card';
import type { CheckedForm } from '~/ui/source-check-card';
import { SourceConnectCard } from '~/ui/source-connect-card';
import type { LoginForm } from '~/ui/source-connect-card';
import { SourceMappingCard, tidyMapping } from '~/ui/source-mapping-card';
import type { SourceTermsForm } from '~/ui/source-mapping-card';
import { SourceOrderModal } from '~/ui/source-modals';
import type { ConfirmedOrder } from '~/ui/source-modals';
import { SourceStatusCard } from '~/ui/source-status-card';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Source · Lockstep' }];

/** "schema.table", as the address of the page names it. */
const tableName = z.string().transform((text): Relation | null => {
  const at = text.indexOf('.');
  return at < 1 || at === text.length - 1 ? null : { schema: text.slice(0, at), name: text.slice(at + 1) };
});

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { searchParams } = new URL(request.url);
  const source = await readSourcePage(resources.db, shop.accountId);
  const edit = searchParams.get('edit');
  const saved = source === null ? null : (sourceMapping.safeParse(source.mapping).data ?? null);
  const view =
    edit === 'connection' || (source === null && edit !== null)
      ? 'connect'
      : source === null
        ? 'choose'
        : edit === 'mapping' || saved === null || source.wanted === 'off'
          ? 'map'
          : 'status';
  const wanted = tableName.nullable().catch(null).parse(searchParams.get('table'));
  const relation = wanted ?? saved?.relation ?? null;
  const tables =
    view === 'map' ? await readSourceTables(resources, { accountId: shop.accountId, relation }) : null;
  return { view, source, saved, relation, tables, timeZone: shop.timezone } as const;
}

const login = z.object({
  host: z.string().trim().min(1).max(255),
  port: z.coerce.number().int().min(1).max(65_535),
  database: z.string().min(1).max(63),
  username: z.string().min(1).max(63),
  password: z.string().max(1_000),
  tls: z.enum(['verify', 'encrypt', 'off']),
  authority: z.string().max(20_000),
});
const terms = z.object({
  mode: z.enum(sourceModes),
  scanColumn: z.string().max(63).nullable(),
  missingRows: z.enum(['remove', 'keep']),
  writeBack: z.boolean(),
});
const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('connect'), login }),
  z.object({ intent: z.literal('check'), mapping: sourceMapping, terms }),
  z.object({ intent: z.literal('save'), mapping: sourceMapping, terms }),
  z.object({
    intent: z.literal('steer'),
    order: z.enum(['start', 'pause', 'reread', 'accept-missing', 'disconnect']),
  }),
]);

const ORDERED = {
  start: 'Started',
  pause: 'Paused',
  reread: 'Reading all rows again',
  'accept-missing': 'They are taken out of the catalog',
  disconnect: 'Disconnected; your catalog keeps its products',
} as const;

type Answer = ActionAnswer & {
  checked?: CheckedForm;
  problem?: { reason: string; remedy: string };
  next?: 'map' | 'status';
};

export async function action({ request }: ActionFunctionArgs): Promise<Answer> {
  const { resources, shop } = await authenticateShop(request);
  const { accountId } = shop;
  const parsed = intent.safeParse(await request.json());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      ok: false,
      message: `Something is missing or too long: ${issue?.path.slice(1).join(' › ') ?? 'the form'}`,
    };
  }
  const asked = parsed.data;
  switch (asked.intent) {
    case 'connect': {
      const { password, authority, ...rest } = asked.login;
      const connected = await connectSource(resources, {
        accountId,
        login: {
          ...rest,
          password: password === '' ? null : password,
          authority: authority.trim() === '' ? null : authority,
        },
      });
      return connected.kind === 'connected'
        ? { ok: true, message: 'Connected', next: connected.isMapped ? 'status' : 'map' }
        : { ...refusedAnswer([connected.problem]), problem: connected.problem };
    }
    case 'check': {
      const checked = await checkSource(resources, { accountId, mapping: asked.mapping, terms: asked.terms });
      return checked.kind === 'done'
        ? { ok: true, message: 'Checked', checked: checked.value }
        : refusedAnswer([checked.problem]);
    }
    case 'save': {
      const { mapping } = asked;
      const saved = await saveSourceMapping(resources, { accountId, mapping, terms: asked.terms });
      if (saved.kind === 'refused') return refusedAnswer([saved.problem]);
      await steerSource(resources, { accountId, order: 'start' });
      return { ok: true, message: 'Started: all rows are read', next: 'status' };
    }
    case 'steer': {
      const { note } = await steerSource(resources, { accountId, order: asked.order });
      return note === null ? { ok: true, message: ORDERED[asked.order] } : { ok: false, message: note };
    }
  }
}

function Choice({ onConnect }: { onConnect: () => void }) {
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Where your products come from
        </Text>
        <Text as="p">
          They come from Lockstep’s own catalog: you fill it by import, by the API, by SQL or here in the app.
        </Text>
        <Text as="p">
          If your products are in a PostgreSQL database of your own, Lockstep can fill its catalog from there:
          you say which column is what, it reads all rows once and follows every change from then on.
        </Text>
        <InlineStack>
          <Button variant="primary" onClick={onConnect}>
            Connect my PostgreSQL
          </Button>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}

/** Table, columns, check, start. */
function Mapping(props: {
  relations: (Relation & { kind: 'table' | 'view' })[];
  chosen: RelationDescription | null;
  saved: SourceMapping | null;
  terms: SourceTermsForm;
  isRunning: boolean;
}) {
  const { relations, chosen, saved, isRunning } = props;
  const navigate = useNavigate();
  const fetcher = useFetcher<typeof action>();
  const isSaved =
    saved !== null && chosen?.name === saved.relation.name && chosen.schema === saved.relation.schema;
  const [mapping, setMapping] = useState(() =>
    chosen === null ? null : isSaved ? saved : suggestMapping(chosen),
  );
  const [terms, setTerms] = useState(props.terms);
  useAnswerToast(fetcher.data?.ok === false || fetcher.data?.next !== undefined ? fetcher.data : null);
  const next = fetcher.data?.next;
  useEffect(() => {
    if (next === 'status') navigate('/app/source', { replace: true });
  }, [next, navigate]);
  const send = (what: 'check' | 'save') => {
    if (mapping === null) return;
    const plain: { mapping: SourceMapping; terms: SourceTermsForm } = {
      mapping: tidyMapping(mapping),
      terms,
    };
    // As text and back: types of the form are richer than what JSON is known to take.
    fetcher.submit(JSON.stringify({ intent: what, ...plain }), {
      method: 'post',
      encType: 'application/json',
    });
  };
  const busy = fetcher.state !== 'idle';
  const checked = fetcher.data?.checked;
  return (
    <>
      <Card>
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            Table or view
          </Text>
          <Select
            label="Which one holds your products"
            options={[
              {
                value: '',
                label: relations.length === 0 ? 'The role may read none yet' : 'Choose a table or view',
              },
              ...relations.map(({ schema, name, kind }) => ({
                value: `${schema}.${name}`,
                label: kind === 'view' ? `${schema}.${name} (view)` : `${schema}.${name}`,
              })),
            ]}
            value={chosen === null ? '' : `${chosen.schema}.${chosen.name}`}
            helpText="Only those that the role may read are shown: GRANT SELECT on yours, then load this page again."
            onChange={(table) => navigate(`?edit=mapping&table=${encodeURIComponent(table)}`)}
          />
        </BlockStack>
      </Card>
      {chosen !== null && mapping !== null && (
        <>
          <SourceMappingCard
            relation={chosen}
            mapping={mapping}
            terms={terms}
            onMapping={setMapping}
            onTerms={setTerms}
          />
          {checked !== undefined && <SourceCheckResult checked={checked} />}
          <InlineStack gap="200">
            <Button loading={busy} onClick={() => send('check')}>
              Check and preview
            </Button>
            <Button variant="primary" disabled={busy || checked === undefined} onClick={() => send('save')}>
              {isRunning ? 'Save and read all rows again' : 'Start'}
            </Button>
          </InlineStack>
        </>
      )}
    </>
  );
}

export default function Source() {
  const { view, source, saved, relation, tables, timeZone } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const connecting = useFetcher<typeof action>();
  const steering = useFetcher<typeof action>();
  const [asking, setAsking] = useState<ConfirmedOrder | null>(null);
  useAnswerToast(steering.data, () => setAsking(null));
  useReadingAgain(
    view !== 'status' || source?.wanted !== 'running'
      ? 'never'
      : source.phase === 'snapshot'
        ? 'often'
        : 'seldom',
  );
  const next = connecting.data?.next;
  useEffect(() => {
    if (next !== undefined) navigate(next === 'map' ? '?edit=mapping' : '/app/source', { replace: true });
  }, [next, navigate]);
  const steer = (order: keyof typeof ORDERED) =>
    steering.submit({ intent: 'steer', order }, { method: 'post', encType: 'application/json' });
  const connect = (form: LoginForm) =>
    connecting.submit(
      { intent: 'connect', login: { ...form } },
      { method: 'post', encType: 'application/json' },
    );
  const savedLogin: LoginForm | null =
    source === null
      ? null
      : {
          ...source.login,
          port: String(source.login.port),
          password: '',
          authority: source.login.authority ?? '',
        };
  const isStatus = view === 'status' && source !== null;

  return (
    <PageFrame
      title="Source"
      backAction={{ content: 'Settings', url: '/app/settings' }}
      {...(isStatus && {
        primaryAction:
          source.wanted === 'running'
            ? { content: 'Pause', onAction: () => steer('pause') }
            : { content: 'Go on', onAction: () => steer('start') },
        secondaryActions: [
          { content: 'Change mapping', url: '/app/source?edit=mapping' },
          { content: 'Change connection', url: '/app/source?edit=connection' },
          { content: 'Read all rows again', onAction: () => setAsking('reread') },
          { content: 'Disconnect', destructive: true, onAction: () => setAsking('disconnect') },
        ],
      })}
    >
      <BlockStack gap="400">
        {view === 'choose' && <Choice onConnect={() => navigate('?edit=connection')} />}
        {view === 'connect' && (
          <SourceConnectCard
            saved={savedLogin}
            problem={connecting.data?.problem ?? null}
            busy={connecting.state !== 'idle'}
            onConnect={connect}
            onCancel={() => navigate('/app/source')}
          />
        )}
        {view === 'map' && tables?.kind === 'refused' && (
          <Banner
            tone="critical"
            title={tables.problem.reason}
            action={{ content: 'Change connection', url: '/app/source?edit=connection' }}
          >
            <p>{tables.problem.remedy}</p>
          </Banner>
        )}
        {view === 'map' && tables?.kind === 'done' && source !== null && (
          <Mapping
            // Another table is another form.
            key={relation === null ? '' : `${relation.schema}.${relation.name}`}
            relations={tables.value.relations}
            chosen={tables.value.chosen}
            saved={saved}
            isRunning={source.wanted !== 'off'}
            terms={{
              mode: sourceModes.find((mode) => mode === source.mode) ?? 'stream',
              scanColumn: source.scanColumn,
              missingRows: source.missingRows === 'keep' ? 'keep' : 'remove',
              writeBack: source.writeBack,
            }}
          />
        )}
        {isStatus && (
          <SourceStatusCard
            status={{
              ...source,
              table: saved === null ? '' : `${saved.relation.schema}.${saved.relation.name}`,
            }}
            timeZone={timeZone}
            busy={steering.state !== 'idle'}
            onAcceptMissing={() => steer('accept-missing')}
          />
        )}
      </BlockStack>
      {asking !== null && (
        <SourceOrderModal
          order={asking}
          busy={steering.state !== 'idle'}
          onConfirm={() => steer(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </PageFrame>
  );
}
