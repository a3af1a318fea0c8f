import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSigned } from './webhook-signature.server';

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
    for (const signature of [null, '', 'AAAA', 'no base64 at all', sign('new').slice(0, -6)])
      expect(isSigned(body, signature, ['new'])).toBe(false);
  });

  it('refuses everything where there is no secret', () => {
    expect(isSigned(body, sign(''), [])).toBe(false);
  });
});
