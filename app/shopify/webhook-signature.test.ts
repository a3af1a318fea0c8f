import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSigned, webhookSecrets } from './webhook-signature.server';

const body = Buffer.from('{"title":"Zelt für zwei","id":1}');
const sign = (secret: string) => createHmac('sha256', secret).update(body).digest('base64');

describe('webhook signatures', () => {
  it('accepts the current secret and the former one', () => {
    expect(isSigned(body, sign('new'), ['new', 'old'])).toBe(true);
    expect(isSigned(body, sign('old'), ['new', 'old'])).toBe(true);
    expect(isSigned(body, sign('old'), ['new'])).toBe(false);
  });

  it('refuses a changed body, a missing signature and nonsense', () => {
    expect(isSigned(Buffer.concat([body, Buffer.from(' ')]), sign('new'), ['new'])).toBe(false);
    const right = sign('new');
    for (const signature of [
      null,
      '',
      'AAAA',
      'no base64 at all',
      right.slice(0, -6),
      ` ${right}`,
      `${right}=`,
    ])
      expect(isSigned(body, signature, ['new'])).toBe(false);
  });

  it('refuses everything where there is no secret', () => {
    expect(isSigned(body, sign(''), [])).toBe(false);
  });
});

describe('the former secret', () => {
  const rotatedAt = new Date('2026-11-24T09:30:00Z');
  const at = (minutes: number) => new Date(rotatedAt.getTime() + minutes * 60_000);
  const rotated = {
    SHOPIFY_API_SECRET: 'new',
    SHOPIFY_API_SECRET_PREVIOUS: 'old',
    SHOPIFY_API_SECRET_ROTATED_AT: rotatedAt,
  };

  it('is good for an hour after the rotation, and no longer', () => {
    expect(webhookSecrets(rotated, at(0))).toEqual(['new', 'old']);
    expect(webhookSecrets(rotated, at(59.9))).toEqual(['new', 'old']);
    expect(webhookSecrets(rotated, at(60))).toEqual(['new']);
    expect(webhookSecrets(rotated, at(10_000))).toEqual(['new']);
  });

  it('is good as long as it is set where nobody says when it was replaced', () => {
    expect(webhookSecrets({ ...rotated, SHOPIFY_API_SECRET_ROTATED_AT: undefined }, at(10_000))).toEqual([
      'new',
      'old',
    ]);
    expect(webhookSecrets({ SHOPIFY_API_SECRET: 'new' }, at(0))).toEqual(['new']);
  });
});
