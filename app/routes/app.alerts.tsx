import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { SaveBar } from '@shopify/app-bridge-react';
import { BlockStack, Layout } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { ALERT_RULES, SEVERITIES } from '~/core/alert-rules';
import { readAlerts } from '~/db/pages/alerts.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import {
  addAlertChannel,
  changeAlertChannel,
  removeAlertChannel,
  testAlertChannel,
} from '~/sync/alert-channels';
import type { AskedTarget, SavedChannel } from '~/sync/alert-channels';
import { saveAlertSettings } from '~/sync/save-alert-settings';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { CHANNEL_KINDS, EMPTY_CHANNEL, recipientsOf } from '~/ui/alert-channel-form';
import type { ChannelForm } from '~/ui/alert-channel-form';
import { AlertChannelModal } from '~/ui/alert-channel-modal';
import { AlertChannelsCard, WebhookSecretModal } from '~/ui/alert-channels-card';
import type { ChannelView } from '~/ui/alert-channels-card';
import { AlertDeliveriesCard } from '~/ui/alert-deliveries-card';
import { FiringAlerts, PastAlerts } from '~/ui/alert-episodes';
import { AlertHoursCard } from '~/ui/alert-hours-card';
import { AlertRulesCard } from '~/ui/alert-rules-card';
import { alertSettingsForm, readAlertSettingsForm } from '~/ui/alert-settings-form';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Alerts · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  return { ...(await readAlerts(resources.db, shop.id)), timeZone: shop.timezone };
}

const text = z.string().trim().max(2_000);

const channelForm = z.object({
  kind: z.enum(CHANNEL_KINDS),
  name: text.min(1).max(100),
  onlyCritical: z.boolean(),
  isOn: z.boolean(),
  isAddressTyped: z.boolean(),
  recipients: text,
  url: text,
  sms: z.object({ origin: text, accountSid: text, authToken: text, from: text, to: text }),
});

const settingsForm = z.object({
  rules: z.record(
    z.enum(ALERT_RULES),
    z.object({ isOn: z.boolean(), threshold: text, severity: z.enum(SEVERITIES) }),
  ),
  quiet: z.object({ isOn: z.boolean(), from: text, until: text }),
  remindHours: text,
  summary: z.object({ isOn: z.boolean(), at: text, isAlways: z.boolean() }),
});

const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('save'), form: settingsForm }),
  z.object({ intent: z.literal('add'), channel: channelForm }),
  z.object({ intent: z.literal('change'), id: z.uuid(), channel: channelForm }),
  z.object({ intent: z.literal('test'), id: z.uuid() }),
  z.object({ intent: z.literal('remove'), id: z.uuid() }),
]);

function targetOf({ kind, recipients, url, sms }: ChannelForm): AskedTarget {
  switch (kind) {
    case 'email':
      return { kind, to: recipientsOf(recipients) };
    case 'slack':
    case 'webhook':
      return { kind, url };
    case 'sms':
      return { kind, ...sms, origin: sms.origin.replace(/\/+$/, '') };
  }
}

type AlertsAnswer = ActionAnswer & { secret?: string };

function savedAnswer(saved: SavedChannel, message: string): AlertsAnswer {
  switch (saved.kind) {
    case 'saved':
      return { ok: true, message, ...(saved.secret !== null && { secret: saved.secret }) };
    case 'refused':
      return { ok: false, message: `${saved.reason} ${saved.remedy}` };
    case 'gone':
      return { ok: false, message: 'Somebody removed this channel' };
  }
}

export const action = actionOf('manage', notAllowed, act);

async function act({ request, resources, shop, actor }: Acting): Promise<AlertsAnswer> {
  const asked = intent.parse(await request.json());
  const shopId = shop.id;
  switch (asked.intent) {
    case 'save': {
      const read = readAlertSettingsForm(asked.form);
      if (read.kind === 'problem') return { ok: false, message: read.problem };
      await saveAlertSettings(resources, { shopId, settings: read.settings });
      return { ok: true, message: 'Alerts saved' };
    }
    case 'add': {
      const { name, onlyCritical } = asked.channel;
      const target = targetOf(asked.channel);
      const input = { shopId, name, onlyCritical, target, createdBy: actor };
      return savedAnswer(await addAlertChannel(resources, input), 'Channel added');
    }
    case 'change': {
      const { name, onlyCritical, isOn, isAddressTyped } = asked.channel;
      const target = isAddressTyped ? targetOf(asked.channel) : null;
      const input = { shopId, id: asked.id, name, onlyCritical, isOn, target };
      return savedAnswer(await changeAlertChannel(resources, input), 'Channel saved');
    }
    case 'test': {
      const outcome = await testAlertChannel(resources, { shop, id: asked.id });
      if (outcome === null) return { ok: false, message: 'Somebody removed this channel' };
      return outcome.kind === 'sent'
        ? { ok: true, message: 'Test sent' }
        : { ok: false, message: `${outcome.reason} ${outcome.remedy}` };
    }
    case 'remove': {
      const isGone = await removeAlertChannel(resources, { shopId, id: asked.id });
      return { ok: true, message: isGone ? 'Channel removed' : 'Somebody removed it already' };
    }
  }
}

/** The channel that is being added (`id` null) or changed. */
interface EditedChannel {
  id: string | null;
  form: ChannelForm;
}

function editing(channel: ChannelView): EditedChannel {
  const kind = CHANNEL_KINDS.find((one) => one === channel.kind) ?? 'email';
  const { id, name, onlyCritical, isOn } = channel;
  return { id, form: { ...EMPTY_CHANNEL, kind, name, onlyCritical, isOn, isAddressTyped: false } };
}

export default function Alerts() {
  const { settings, firing, past, channels, deliveries, timeZone } = useLoaderData<typeof loader>();
  const saving = useFetcher<typeof action>();
  const channel = useFetcher<typeof action>();
  const testing = useFetcher<typeof action>();
  const [form, setForm] = useState(() => alertSettingsForm(settings));
  const [edited, setEdited] = useState<EditedChannel | null>(null);
  const [tested, setTested] = useState<string | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  /** What was answered before the channel was opened: nothing of it is about that. */
  const [former, setFormer] = useState<unknown>(null);
  const open = (opened: EditedChannel) => {
    setFormer(channel.data);
    setEdited(opened);
  };
  useReadingAgain('seldom');
  useAnswerToast(saving.data);
  useAnswerToast(testing.data);
  useAnswerToast(channel.data?.ok === true ? channel.data : undefined, () => {
    setEdited(null);
    setSecret(channel.data?.secret ?? null);
  });
  const read = readAlertSettingsForm(form);
  const isChanged = read.kind === 'problem' || JSON.stringify(read.settings) !== JSON.stringify(settings);
  const json = { method: 'post', encType: 'application/json' } as const;
  const saveChannel = ({ id, form: typed }: EditedChannel) =>
    channel.submit(
      id === null ? { intent: 'add', channel: typed } : { intent: 'change', id, channel: typed },
      json,
    );

  return (
    <PageFrame title="Alerts">
      <SaveBar open={isChanged}>
        <button
          variant="primary"
          onClick={() => saving.submit({ intent: 'save', form }, json)}
          {...(saving.state === 'idle' ? {} : { loading: '' })}
        >
          Save
        </button>
        <button onClick={() => setForm(alertSettingsForm(settings))}>Discard</button>
      </SaveBar>
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            <FiringAlerts firing={firing} timeZone={timeZone} />
            <AlertChannelsCard
              channels={channels}
              testing={testing.state === 'idle' ? null : tested}
              onAdd={() => open({ id: null, form: EMPTY_CHANNEL })}
              onChange={(one) => open(editing(one))}
              onTest={(id) => {
                setTested(id);
                testing.submit({ intent: 'test', id }, json);
              }}
              onRemove={(id) => channel.submit({ intent: 'remove', id }, json)}
            />
            <AlertRulesCard
              rules={form.rules}
              onChange={(rule, typed) => setForm({ ...form, rules: { ...form.rules, [rule]: typed } })}
            />
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <BlockStack gap="400">
            <AlertHoursCard
              form={form}
              timeZone={timeZone}
              onChange={(changes) => setForm({ ...form, ...changes })}
            />
            <PastAlerts past={past} timeZone={timeZone} />
            <AlertDeliveriesCard deliveries={deliveries} timeZone={timeZone} />
          </BlockStack>
        </Layout.Section>
      </Layout>
      {edited !== null && (
        <AlertChannelModal
          form={edited.form}
          isNew={edited.id === null}
          isSaving={channel.state !== 'idle'}
          error={
            channel.state === 'idle' && channel.data?.ok === false && channel.data !== former
              ? channel.data.message
              : null
          }
          onChange={(typed) => setEdited({ ...edited, form: typed })}
          onSave={() => saveChannel(edited)}
          onClose={() => setEdited(null)}
        />
      )}
      {secret !== null && <WebhookSecretModal secret={secret} onClose={() => setSecret(null)} />}
    </PageFrame>
  );
}
