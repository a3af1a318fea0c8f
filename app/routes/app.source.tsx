import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData, useNavigate } from '@remix-run/react';
import { Banner, BlockStack } from '@shopify/polaris';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { databaseKinds } from '~/core/database-kind';
import type { Relation } from '~/core/source-mapping';
import { modeOf, sourceModes } from '~/core/source-mode';
import { readSourcePage } from '~/db/pages/source.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { checkSource } from '~/sync/check-source';
import { connectSource } from '~/sync/connect-source';
import { readSourceTables } from '~/sync/read-source-tables';
import { saveSourceMapping } from '~/sync/save-source-mapping';
import { sourceMapping } from '~/sync/source-mapping-schema';
import { steerSource } from '~/sync/steer-source';
import { notAllowed, refusedAnswer, useAnswerToast } from '~/ui/action-answer';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { SourceChoiceCard } from '~/ui/source-choice-card';
import { SourceConnectCard } from '~/ui/source-connect-card';
import type { LoginForm } from '~/ui/source-connect-card';
import { SourceMappingForm } from '~/ui/source-mapping-form';
import type { SourceAnswer } from '~/ui/source-mapping-form';
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
  kind: z.enum(databaseKinds),
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

export const action = actionOf('manage', notAllowed, act);

async function act({ request, resources, shop }: Acting): Promise<SourceAnswer> {
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
        {view === 'choose' && <SourceChoiceCard onConnect={() => navigate('?edit=connection')} />}
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
          <SourceMappingForm
            kind={source.login.kind}
            // Another table is another form.
            key={relation === null ? '' : `${relation.schema}.${relation.name}`}
            relations={tables.value.relations}
            chosen={tables.value.chosen}
            saved={saved}
            isRunning={source.wanted !== 'off'}
            terms={{
              mode: modeOf(source.mode),
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
              kind: source.login.kind,
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
