import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { findUsablePushSource, notePush } from '~/db/push-sources.server';
import type { UsablePushSource } from '~/db/push-sources.server';
import { sealOf } from './create-push-source';
import type { Resources } from './resources';

export type VerifiedPush =
  | { kind: 'verified'; source: UsablePushSource }
  | { kind: 'unknown-source' }
  /** `reason`: what of the headers is wrong, in the library's words. */
  | { kind: 'bad-signature'; reason: string };

/** The last push is shown to the minute. */
const NOTE_EVERY_MS = 60_000;

/**
 * Whose push this is. The signature is that of Standard Webhooks: HMAC-SHA-256 of id, time and body, at most five minutes
 * old. https://www.standardwebhooks.com
 */
export async function verifyPush(
  { db, now, secrets }: Pick<Resources, 'db' | 'now' | 'secrets'>,
  push: { sourceId: string; body: Buffer; headers: Record<string, string> },
): Promise<VerifiedPush> {
  const source = await findUsablePushSource(db, push.sourceId);
  if (source === null) return { kind: 'unknown-source' };
  try {
    const webhook = new Webhook(secrets.decrypt(source.secret, sealOf(source.id)));
    webhook.verify(push.body, push.headers, { jsonParse: false });
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return { kind: 'bad-signature', reason: error.message };
  }
  const at = now();
  await notePush(db, source.id, { now: at, before: new Date(at.getTime() - NOTE_EVERY_MS) });
  return { kind: 'verified', source };
}
