import { describe, expect, it } from 'vitest';
import { noticeMessage, testMessage } from './alert-message';
import type { MessageShop, NoticedEpisode } from './alert-message';
import { messageHtml, messageText, slackBody, smsText, webhookBody } from './alert-rendering';
import { deliveryWait } from './delivery-retry';
import { countFailures, summaryMessage } from './error-summary';

const shop: MessageShop = {
  name: 'Zelt & Söhne',
  domain: 'zelt.myshopify.com',
  timeZone: 'Europe/Berlin',
  adminUrl: 'https://admin.shopify.com/store/zelt/apps/key',
};
const late: NoticedEpisode = {
  ...{ kind: 'fired', id: 'e1', rule: 'price-delay', severity: 'critical', threshold: 5, value: 12.34 },
  detail: '3 prices of your catalog are not in Shopify yet, the oldest of “<b>Tent</b>”.',
  firedAt: new Date('2026-01-10T07:00:00Z'),
  recoveredAt: null,
};
const drifted: NoticedEpisode = { ...late, id: 'e2', rule: 'drift', severity: 'warning', kind: 'reminder' };
const over: NoticedEpisode = {
  ...{ ...late, id: 'e3', rule: 'token', kind: 'recovered' },
  recoveredAt: new Date('2026-01-10T08:30:00Z'),
};

describe('a message', () => {
  it('of one episode says what, since when, how far and what to do', () => {
    const message = noticeMessage([late], shop);
    expect(message).toMatchObject({ subject: 'Zelt & Söhne: Prices are late', severity: 'critical' });
    const text = messageText(message);
    for (const part of [
      'Prices are late (critical)',
      '3 prices of your catalog',
      'Since 2026-01-10 08:00 (Europe/Berlin). Fires from 5 min; measured 12.3 min.',
      'press “Sync now”',
      'https://admin.shopify.com/store/zelt/apps/key/app/products?sync=pending',
    ])
      expect(text).toContain(part);
  });

  it('of several has what needs somebody first, and counts them', () => {
    const message = noticeMessage([over, drifted, late], shop);
    expect(message.subject).toBe('Zelt & Söhne: 2 alerts, 1 over');
    expect(message.sections.map(({ title }) => title)).toEqual([
      'Prices are late (critical)',
      'Still: Shopify held other values than Lockstep knew (warning)',
      'Recovered: The connection to Shopify needs you',
    ]);
    expect(messageText(message)).toContain('From 2026-01-10 08:00 until 2026-01-10 09:30');
    expect(noticeMessage([over], shop)).toMatchObject({
      subject: 'Zelt & Söhne: Recovered: The connection to Shopify needs you',
      severity: null,
    });
    expect(noticeMessage([over, { ...over, kind: 'passed' }], shop).subject).toBe(
      'Zelt & Söhne: 2 alerts are over',
    );
  });

  it('is text in each form: nothing of what it tells of becomes markup', () => {
    const message = noticeMessage([late], shop);
    expect(messageHtml(message)).toContain('&lt;b&gt;Tent&lt;/b&gt;');
    expect(messageHtml(message)).not.toContain('<b>');
    const slack = JSON.stringify(slackBody(message));
    expect(slack).toContain('Zelt &amp; Söhne');
    expect(slack).toContain('&lt;b&gt;');
    const long = noticeMessage([{ ...late, detail: 'x'.repeat(5_000) }], shop);
    expect(smsText(long).length).toBeLessThanOrEqual(300);
    expect(JSON.stringify(slackBody(long)).length).toBeLessThan(4_000);
    expect(smsText(message)).toMatch(/^Zelt & Söhne: Prices are late\n3 prices/);
    const body = JSON.parse(webhookBody(message, { id: 'd1', at: new Date('2026-01-10T07:00:01Z') }));
    expect(body).toMatchObject({
      type: 'lockstep.alert',
      timestamp: '2026-01-10T07:00:01.000Z',
      data: { id: 'd1', alerts: [{ event: 'fired', rule: 'price-delay', value: 12.34, recoveredAt: null }] },
    });
    expect(testMessage(shop, new Date(0)).sections[0]?.lines[0]).toContain('Sent 1970-01-01 01:00');
  });

  it('that is not taken is sent again for about an hour, ever more seldom', () => {
    const waits = Array.from({ length: 7 }, (_, index) => deliveryWait(index + 1, 0.5));
    expect(waits.slice(0, 3)).toEqual([30_000, 60_000, 120_000]);
    expect(waits.reduce((all, one) => all + one, 0)).toBe(127 * 30_000);
    expect(deliveryWait(1, 0)).toBe(22_500);
    expect(deliveryWait(1, 1)).toBe(37_500);
  });
});

describe('the summary of a day', () => {
  const span = {
    day: '2026-01-10',
    from: new Date('2026-01-09T07:00:00Z'),
    until: new Date('2026-01-10T07:00:00Z'),
  };

  it('says what failed, why, what to do and where', () => {
    const failures = {
      changes: [
        {
          ...{ field: 'price', message: 'Shopify says “too high”. Lower it.', changes: 4, products: 2 },
          ...{ stillFailing: 1, titles: ['Tent', 'Stove'] },
        },
      ],
      work: [{ what: 'run' as const, reason: 'No valid access token.', count: 1, id: 'r1' }],
      alerts: [{ rule: 'price-delay', detail: '', isOver: true }],
    };
    const message = summaryMessage(failures, shop, span);
    expect(message.subject).toBe('Zelt & Söhne: 6 failures until 2026-01-10');
    const text = messageText(message);
    for (const part of [
      'From 2026-01-09 08:00 until 2026-01-10 08:00',
      '2 products (Tent, Stove), price: Shopify says “too high”. Lower it. — 1 still not in step.',
      '1 sync run failed\nNo valid access token.\nMend the cause, then press Retry.',
      '/app/runs/r1',
      'Prices are late, over again.',
    ])
      expect(text).toContain(part);
  });

  it('of a day without failures says so', () => {
    const nothing = { changes: [], work: [], alerts: [] };
    expect(countFailures(nothing)).toBe(0);
    expect(messageText(summaryMessage(nothing, shop, span))).toContain('Nothing failed');
  });
});
