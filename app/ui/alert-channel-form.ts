/** A channel of alerts as it is typed. */

export const CHANNEL_KINDS = ['email', 'slack', 'webhook', 'sms'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export const KIND_WORDS: Record<ChannelKind, { label: string; help: string }> = {
  email: { label: 'E-mail', help: 'Alerts, and the daily summary where it is switched on.' },
  slack: {
    label: 'Slack',
    help: 'Make an incoming webhook for a channel in Slack (api.slack.com/apps) and paste its address.',
  },
  webhook: {
    label: 'Webhook',
    help: 'Each message is posted as JSON and signed as Standard Webhooks says; its secret is shown once.',
  },
  sms: {
    label: 'Text message',
    help: 'Only what is critical, by an account with Twilio or a service that speaks as it does.',
  },
};

export const kindWords = (kind: string): string =>
  CHANNEL_KINDS.flatMap((one) => (one === kind ? [KIND_WORDS[one].label] : []))[0] ?? kind;

export type ChannelForm = {
  kind: ChannelKind;
  name: string;
  onlyCritical: boolean;
  isOn: boolean;
  /** False: the address stays what it is. */
  isAddressTyped: boolean;
  /** One a line, or separated by commas. */
  recipients: string;
  url: string;
  sms: { origin: string; accountSid: string; authToken: string; from: string; to: string };
};

/** A new channel. */
export const EMPTY_CHANNEL: ChannelForm = {
  ...{ kind: 'email', name: '', onlyCritical: false, isOn: true, isAddressTyped: true },
  ...{ recipients: '', url: '' },
  sms: { origin: 'https://api.twilio.com', accountSid: '', authToken: '', from: '', to: '' },
};

/** The recipients of an e-mail channel. */
export function recipientsOf(typed: string): string[] {
  return typed.split(/[\s,;]+/).filter((one) => one !== '');
}

/** Whether enough is typed to save it. */
export function isComplete(form: ChannelForm): boolean {
  if (form.name.trim() === '') return false;
  if (!form.isAddressTyped) return true;
  switch (form.kind) {
    case 'email':
      return recipientsOf(form.recipients).length > 0;
    case 'slack':
    case 'webhook':
      return form.url.trim() !== '';
    case 'sms':
      return Object.values(form.sms).every((text) => text.trim() !== '');
  }
}
