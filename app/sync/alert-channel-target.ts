/** Where a channel leads. Stored sealed: the addresses of Slack and text messages, and the key of a webhook, are secrets. */
import { z } from 'zod';
import type { Resources } from './resources';

export const TWILIO_ORIGIN = 'https://api.twilio.com';
const PHONE = /^\+[1-9]\d{6,14}$/;
const phone = z.string().regex(PHONE, 'Write phone numbers with their country: +491701234567.');
export const MOST_RECIPIENTS = 20;

export const channelTarget = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('email'),
    to: z
      .array(z.email('Write e-mail addresses such as ops@example.com, one a line.'))
      .min(1, 'Write at least one e-mail address.')
      .max(MOST_RECIPIENTS, `Write at most ${MOST_RECIPIENTS} e-mail addresses.`),
  }),
  z.object({ kind: z.literal('slack'), url: z.string() }),
  z.object({
    kind: z.literal('webhook'),
    url: z.string(),
    /** As Standard Webhooks has it: "whsec_…". */
    secret: z.string(),
  }),
  z.object({
    kind: z.literal('sms'),
    /** Twilio's, or of a service that speaks as it does. */
    origin: z.string(),
    accountSid: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Write the account SID as the service shows it: AC and letters.'),
    authToken: z.string().min(1, 'Write the auth token of the account.'),
    from: z.string().min(1, 'Write the number or name that messages come from.').max(20),
    to: phone,
  }),
]);
export type ChannelTarget = z.infer<typeof channelTarget>;
export type ChannelKind = ChannelTarget['kind'];

/** What the target of a channel is sealed for. */
const sealOf = (channelId: string) => `alert-channel ${channelId}`;

export function sealTarget(secrets: Resources['secrets'], channelId: string, target: ChannelTarget): string {
  return secrets.encrypt(JSON.stringify(target), sealOf(channelId));
}

export function openTarget(
  secrets: Resources['secrets'],
  { id, target }: { id: string; target: string },
): ChannelTarget {
  return channelTarget.parse(JSON.parse(secrets.decrypt(target, sealOf(id))));
}

/** What of a target may be shown. */
export function shownTarget(target: ChannelTarget): string {
  switch (target.kind) {
    case 'email':
      return target.to.join(', ');
    case 'slack':
      return `${new URL(target.url).origin}/…`;
    case 'webhook': {
      const { origin, pathname, search } = new URL(target.url);
      return `${origin}${pathname}${search === '' ? '' : '?…'}`;
    }
    case 'sms':
      return target.to;
  }
}
