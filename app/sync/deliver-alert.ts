/** Hands a message to a channel: each kind of channel in its own form, one attempt. */
import { Webhook } from 'standardwebhooks';
import type { AlertMessage } from '~/core/alert-message';
import { messageHtml, messageText, slackBody, smsText, webhookBody } from '~/core/alert-rendering';
import type { AddressOutcome } from '~/core/delivery-outcome';
import type { WebOutcome } from '~/web/guarded-fetch.server';
import type { ChannelTarget } from './alert-channel-target';
import type { Resources } from './resources';

const TIMEOUT_MS = 10_000;
/** Of an answer only the beginning is of interest. */
const MAX_BYTES = 2_000;
const SHOWN_ANSWER = 200;

export interface Delivery {
  id: string;
  message: AlertMessage;
  /** When it was written, not when it is sent: the same at each attempt. */
  createdAt: Date;
}

type Parts = Pick<Resources, 'mail' | 'web' | 'now'>;

/** Never throws but for the signal. */
export async function deliverAlert(
  parts: Parts,
  target: ChannelTarget,
  delivery: Delivery,
  signal?: AbortSignal,
): Promise<AddressOutcome> {
  switch (target.kind) {
    case 'email':
      return sendMail(parts, target, delivery);
    case 'slack':
      return post(parts, target.url, {
        body: JSON.stringify(slackBody(delivery.message)),
        headers: { 'content-type': 'application/json' },
        signal,
      });
    case 'webhook':
      return postSigned(parts, target, delivery, signal);
    case 'sms':
      return post(
        parts,
        `${target.origin}/2010-04-01/Accounts/${encodeURIComponent(target.accountSid)}/Messages.json`,
        {
          body: new URLSearchParams({
            From: target.from,
            To: target.to,
            Body: smsText(delivery.message),
          }).toString(),
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            authorization: `Basic ${Buffer.from(`${target.accountSid}:${target.authToken}`).toString('base64')}`,
            // Where the service knows of it, a message that it has already is not sent to a phone again.
            'idempotency-key': delivery.id,
          },
          signal,
        },
      );
  }
}

async function sendMail(
  { mail }: Parts,
  { to }: Extract<ChannelTarget, { kind: 'email' }>,
  { id, message }: Delivery,
): Promise<AddressOutcome> {
  if (mail === null)
    return {
      kind: 'refused',
      reason: 'This installation has no mail server.',
      remedy: 'Whoever runs Lockstep sets SMTP_URL and ALERT_FROM.',
    };
  return mail.send({
    to,
    subject: message.subject,
    text: messageText(message),
    html: messageHtml(message),
    messageId: `<${id}@lockstep.alerts>`,
  });
}

/** Signed as Standard Webhooks says, with the delivery's id as the message's. https://www.standardwebhooks.com */
async function postSigned(
  parts: Parts,
  { url, secret }: Extract<ChannelTarget, { kind: 'webhook' }>,
  { id, message, createdAt }: Delivery,
  signal?: AbortSignal,
): Promise<AddressOutcome> {
  const body = webhookBody(message, { id, at: createdAt });
  // The time of the attempt: receivers refuse signatures that are minutes old.
  const at = parts.now();
  return post(parts, url, {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
    signal,
  });
}

async function post(
  { web }: Parts,
  url: string,
  request: { body: string; headers: Record<string, string>; signal: AbortSignal | undefined },
): Promise<AddressOutcome> {
  const { signal, ...sent } = request;
  return outcomeOf(
    await web.fetch(url, {
      method: 'POST',
      ...sent,
      ...{ maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, ...(signal !== undefined && { signal }) },
    }),
  );
}

/** Answers that may be other ones later. */
const isPassing = (status: number) => status >= 500 || status === 408 || status === 425 || status === 429;

function outcomeOf(answer: WebOutcome): AddressOutcome {
  if (answer.kind !== 'answered') return answer;
  const { status, url, body } = answer;
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const { host } = new URL(url);
  const text = Buffer.from(body).toString('utf8').replaceAll(/\s+/g, ' ').trim().slice(0, SHOWN_ANSWER);
  const reason = `${host} answered ${status}${text === '' ? '' : ` “${text}”`}.`;
  if (isPassing(status))
    return { kind: 'failed', reason, remedy: 'It is sent again; look at the server if this stays.' };
  const remedy =
    status >= 300 && status < 400
      ? 'Use the address where it leads: what is sent is not sent on.'
      : 'Correct the address or the login of this channel.';
  return { kind: 'refused', reason, remedy };
}
