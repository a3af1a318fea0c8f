/** How alerts are told: once, in order, again where they are not taken, not at night, and never to closed addresses. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instantOf, localTime } from '~/core/local-time';
import { takeDeliveries } from '~/db/alert-deliveries.server';
import {
  addAlertChannel,
  changeAlertChannel,
  removeAlertChannel,
  testAlertChannel,
} from '~/sync/alert-channels';
import { sendAlerts } from '~/sync/send-alerts';
import { sendErrorSummaries } from '~/sync/send-error-summaries';
import { watchAlerts } from '~/sync/watch-alerts';
import { openAlertedStage } from '../support/alerted-stage';
import type { AlertedStage } from '../support/alerted-stage';

let stage: AlertedStage;
beforeAll(async () => {
  stage = await openAlertedStage();
});
afterAll(async () => {
  await stage?.close();
});
const db = () => stage.resources.db;
const now = () => stage.resources.now();
const hook = () => ({ kind: 'webhook' as const, url: `${stage.http.origin}/hook` });
const events = () => stage.told().map(({ event, rule }) => `${event} ${rule}`);
const deliveries = () => db().alertDelivery.findMany({ orderBy: { position: 'asc' } });

beforeEach(async () => {
  for (const table of [
    'alert_delivery',
    'alert_notice',
    'alert_episode',
    'alert_channel',
    'dead_letter',
    'reconciliation',
  ])
    await db().$executeRawUnsafe(`DELETE FROM app.${table}`);
  await stage.settings({ quietHours: null, summary: null });
  await stage.only(['sync-failures', 'drift']);
  stage.http.requests.length = 0;
  stage.http.answer();
  stage.smtp.mails.length = 0;
});

/** A job that gave up, and the check of a store that found something: one critical, one not. */
const giveUp = () =>
  db().deadLetter.create({
    data: {
      ...{ shopId: stage.shopId, queue: 'sync-products', jobId: crypto.randomUUID(), payload: {} },
      ...{ reason: 'Shopify gave no answer.', attempts: 1, failedAt: now() },
    },
  });
const retried = () => db().deadLetter.updateMany({ data: { retriedAt: now() } });
const checked = (productsDrifted: number) =>
  db().reconciliation.create({
    data: {
      ...{ shopId: stage.shopId, state: 'finished', lane: 'pages', causedBy: 'test', productsScanned: 9 },
      ...{ productsDrifted, startedAt: now(), finishedAt: now() },
    },
  });

describe('what fires', () => {
  it('together is one message a channel, however many workers look and send at the same time', async () => {
    await stage.addChannel(hook());
    await stage.addChannel({ kind: 'email', to: ['a@example.com', 'b@example.com'] });
    await giveUp();
    await checked(4);
    const { resources, signal } = stage;
    await Promise.all([1, 2, 3, 4].map(() => watchAlerts(resources, signal)));
    await Promise.all([1, 2, 3, 4].map(() => sendAlerts(resources, signal)));
    const mail = await stage.smtp.next(/2 alerts/);
    expect(events()).toEqual(['fired sync-failures', 'fired drift']);
    expect(stage.smtp.mails).toHaveLength(1);
    expect(
      [mail.to]
        .flat()
        .map((to) => to?.text)
        .join(),
    ).toContain('b@example.com');
    expect(mail.text).toContain('Shopify gave no answer.');
  });

  it('is told again after the hours that were chosen, and no sooner', async () => {
    await stage.addChannel(hook());
    await stage.settings({ remindHours: 2 });
    await giveUp();
    for (let quarter = 0; quarter < 16; quarter += 1) {
      await stage.turn();
      stage.ahead(15);
    }
    expect(events()).toEqual(['fired sync-failures', 'reminder sync-failures']);
    await retried();
    await stage.turnsUntil('it is over', () => stage.told().find(({ event }) => event === 'recovered'));
    await stage.settings({ remindHours: 6 });
  });

  it('that is critical alone goes to text messages, in the form of Twilio', async () => {
    const twilio = { kind: 'sms' as const, origin: stage.http.origin, accountSid: 'AC1', authToken: 'token' };
    await stage.addChannel({ ...twilio, from: '+15005550006', to: '+491701234567' });
    await checked(2);
    await stage.turn();
    expect(stage.http.requests).toEqual([]);
    await giveUp();
    await stage.turn();
    expect(stage.http.requests).toHaveLength(1);
    const { path, headers, body } = stage.http.requests[0]!;
    expect(path).toBe('/2010-04-01/Accounts/AC1/Messages.json');
    expect(headers['authorization']).toBe(`Basic ${Buffer.from('AC1:token').toString('base64')}`);
    const sent = new URLSearchParams(body);
    expect([sent.get('To'), sent.get('From')]).toEqual(['+491701234567', '+15005550006']);
    expect(sent.get('Body')).toMatch(/Syncing fails\n1 job gave up/);
  });
});

describe('a receiver', () => {
  it('that answers 500 gets the message again, under the same id, and what follows only after it', async () => {
    await stage.addChannel(hook());
    stage.http.answer(500, 503);
    await giveUp();
    await stage.turn();
    expect(await deliveries()).toMatchObject([
      {
        state: 'waiting',
        attempts: 1,
        problem: expect.stringMatching(/answered 500 “answered”\. It is sent again/),
      },
    ]);
    await retried();
    await stage.turnsUntil('both are told', () => (stage.told().length >= 4 ? true : undefined));
    const ids = stage.http.requests.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(events()).toEqual([
      ...Array.from({ length: 3 }, () => 'fired sync-failures'),
      'recovered sync-failures',
    ]);
    expect(await deliveries()).toMatchObject([
      { state: 'sent', attempts: 3, problem: null },
      { state: 'sent', attempts: 1 },
    ]);
  });

  it('that never takes it is left alone some time, and the log says why', async () => {
    await stage.addChannel(hook());
    stage.http.answer(...Array.from({ length: 20 }, () => 500));
    await giveUp();
    for (let turn = 0; turn < 12; turn += 1) {
      await stage.turn();
      stage.ahead(80);
    }
    const [first] = await deliveries();
    expect(first).toMatchObject({ state: 'failed', attempts: 8, endedAt: expect.any(Date) });
  });

  it('that does not know the address is not asked again', async () => {
    await stage.addChannel(hook());
    await stage.addChannel({ kind: 'email', to: ['nobody@example.com'] });
    stage.smtp.refuse('nobody@example.com');
    stage.http.answer(404);
    await giveUp();
    await stage.turn();
    const problems = (await deliveries()).map(
      ({ state, attempts, problem }) => `${state} ${attempts} ${problem}`,
    );
    expect(problems.toSorted()).toMatchObject([
      expect.stringMatching(/^failed 1 127\.0\.0\.1:\d+ answered 404.* Correct the address/),
      expect.stringMatching(/^failed 1 The mail server refused it: .*No such user/),
    ]);
  });

  it('whose address no key opens any more is given up after some time, too', async () => {
    await stage.addChannel(hook());
    await db().alertChannel.updateMany({ data: { target: 'v1.test.spoiled' } });
    await giveUp();
    for (let turn = 0; turn < 10; turn += 1) {
      await stage.turn();
      stage.ahead(80);
    }
    const [first] = await deliveries();
    expect(first).toMatchObject({ state: 'failed', attempts: 8, problem: expect.stringContaining('anew') });
  });

  it('gets again what a killed worker may have sent, under the same id', async () => {
    await stage.addChannel(hook());
    await giveUp();
    await watchAlerts(stage.resources, stage.signal);
    const taken = await takeDeliveries(db(), { now: now(), leaseMs: 120_000, limit: 10 });
    await stage.turn();
    expect(stage.http.requests).toEqual([]);
    stage.ahead(3);
    await stage.turn();
    expect(stage.http.requests.map(({ headers }) => headers['webhook-id'])).toEqual(
      taken.map(({ id }) => id),
    );
  });
});

describe('an address', () => {
  it.each([
    ['http://10.0.0.7/hook', '10.0.0.7 is not on the public web. Use an address that everybody can reach.'],
    ['http://169.254.169.254/latest', '169.254.169.254 is not on the public web.'],
    ['http://127.0.0.1:1/hook', 'Port 1 is not asked'],
    ['http://localhost/hook', 'localhost is not on the public web.'],
    ['ftp://example.com/', '“ftp:” is not the web.'],
  ])('inside a network is refused where it is typed: %s', async (url, words) => {
    for (const target of [
      { kind: 'webhook' as const, url },
      { kind: 'slack' as const, url },
      {
        kind: 'sms' as const,
        origin: url,
        accountSid: 'AC1',
        authToken: 'x',
        from: 'x',
        to: '+491701234567',
      },
    ]) {
      const input = { shopId: stage.shopId, name: 'x', onlyCritical: false, target, createdBy: 'test' };
      const added = await addAlertChannel(stage.resources, input);
      expect(added.kind === 'refused' && `${added.reason} ${added.remedy}`).toContain(words);
    }
    expect(await db().alertChannel.count()).toBe(0);
  });

  it('that was open and leads into a network by now is not asked when something is sent', async () => {
    const { id } = await stage.addChannel({ kind: 'slack', url: `${stage.http.origin}/slack` });
    const web = { problemOf: () => null, fetch: stage.resources.web.fetch };
    const moved = { kind: 'slack' as const, url: 'http://[::1]/slack' };
    const change = { shopId: stage.shopId, id, name: 'x', onlyCritical: false, isOn: true, target: moved };
    expect(await changeAlertChannel({ ...stage.resources, web }, change)).toMatchObject({ kind: 'saved' });
    await giveUp();
    await stage.turn();
    expect(await deliveries()).toMatchObject([
      { state: 'failed', attempts: 1, problem: expect.stringContaining('::1 is not on the public web.') },
    ]);
  });

  it('is stored sealed, shown without its secrets, tried on request, and gone when it is removed', async () => {
    const { id, secret } = await stage.addChannel({
      kind: 'webhook',
      url: `${stage.http.origin}/hook?token=abc`,
    });
    const stored = await db().alertChannel.findFirstOrThrow({});
    expect(stored.shownTarget).toBe(`${stage.http.origin}/hook?…`);
    expect(JSON.stringify(stored)).not.toMatch(/abc|whsec/);
    expect(secret).toMatch(/^whsec_/);
    const shop = await db().shop.findUniqueOrThrow({ where: { id: stage.shopId } });
    expect(await testAlertChannel(stage.resources, { shop, id })).toEqual({ kind: 'sent' });
    stage.http.answer(500);
    expect(await testAlertChannel(stage.resources, { shop, id })).toMatchObject({ kind: 'failed' });
    expect((await deliveries()).map(({ state, attempts }) => `${state} ${attempts}`)).toEqual([
      'sent 1',
      'failed 1',
    ]);
    expect(JSON.parse(stage.http.requests[0]!.body).type).toBe('lockstep.test');
    expect(await testAlertChannel(stage.resources, { shop, id: crypto.randomUUID() })).toBeNull();
    expect(await removeAlertChannel(stage.resources, { shopId: stage.shopId, id })).toBe(true);
    expect(await db().alertDelivery.count()).toBe(0);
  });
});

describe('quiet hours', () => {
  const ZONE = 'Europe/Berlin';
  const clockAt = (minutes: number) =>
    localTime(new Date(now().getTime() + minutes * 60_000), ZONE).slice(11, 16);

  it('hold back what is not critical until they are over, also what began and ended in them', async () => {
    await db().shop.updateMany({ data: { timezone: ZONE } });
    await stage.addChannel(hook());
    await stage.settings({ quietHours: { from: clockAt(-60), until: clockAt(90) } });
    await checked(3);
    await stage.turn();
    expect(events()).toEqual([]);
    expect(await db().alertEpisode.findMany()).toMatchObject([{ rule: 'drift', state: 'firing' }]);
    await giveUp();
    await stage.turn();
    expect(events()).toEqual(['fired sync-failures']);
    stage.ahead(10);
    await checked(0);
    await retried();
    await stage.turn();
    stage.ahead(5);
    await stage.turn();
    expect(events()).toEqual(['fired sync-failures', 'recovered sync-failures']);
    stage.ahead(80);
    await stage.turn();
    await stage.turn();
    expect(events()).toEqual(['fired sync-failures', 'recovered sync-failures', 'passed drift']);
  });
});

describe('the daily summary', () => {
  const ZONE = 'Europe/Berlin';
  const summaries = () => sendErrorSummaries(stage.resources, stage.signal);
  /** Moves the clock to the next time that the store's clock shows this. */
  function goTo(clock: string): void {
    const today = localTime(now(), ZONE).slice(0, 10);
    const tomorrow = new Date(Date.parse(`${today}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    const at = [today, tomorrow]
      .map((day) => instantOf(`${day}T${clock}`, ZONE)!)
      .find((one) => one > now())!;
    stage.ahead((at.getTime() - now().getTime()) / 60_000 + 0.02);
  }

  it('says once what failed, why, what to do and where, however many workers make it', async () => {
    await stage.only([]);
    await stage.settings({ summary: { at: '08:00', isAlways: false } });
    await stage.addChannel({ kind: 'email', to: ['ops@example.com'] });
    await stage.addChannel(hook());
    goTo('07:30');
    await giveUp();
    await db().change.createMany({
      data: [1, 2].map((index) => ({
        ...{
          changeKey: crypto.randomUUID(),
          shopId: stage.shopId,
          productId: crypto.randomUUID(),
          field: 'price',
        },
        ...{ direction: 'push', state: 'failed', causedBy: 'test', at: now(), sku: `S${index}` },
        message: 'Shopify says “too high”. Lower the price in your catalog.',
      })),
    });
    await summaries();
    expect(await deliveries()).toEqual([]);
    goTo('08:00');
    await Promise.all([1, 2, 3, 4].map(summaries));
    await Promise.all([1, 2, 3, 4].map(() => sendAlerts(stage.resources, stage.signal)));
    const mail = await stage.smtp.next(/3 failures until/);
    for (const part of [
      '2 products, price: Shopify says “too high”. Lower the price in your catalog.',
      '1 job gave up',
      'Shopify gave no answer.',
      'press Retry',
      '/apps/lockstep-test-key/app/audit?state=failed',
      '/apps/lockstep-test-key/app/runs',
    ])
      expect(mail.text).toContain(part);
    stage.ahead(60);
    await summaries();
    await sendAlerts(stage.resources, stage.signal);
    expect(stage.smtp.mails).toHaveLength(1);
    expect(stage.http.requests).toEqual([]);
  });

  it('is made by the next worker where one ends in the middle of making it', async () => {
    await stage.addChannel({ kind: 'email', to: ['ops@example.com'] });
    await stage.settings({ summary: { at: '08:00', isAlways: true } });
    goTo('08:00');
    const sql = (text: string) => db().$executeRawUnsafe(text);
    await sql(
      `CREATE FUNCTION app.test_end() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'The worker ends.'; END$$`,
    );
    await sql(
      `CREATE TRIGGER test_end BEFORE INSERT ON app.alert_delivery FOR EACH ROW EXECUTE FUNCTION app.test_end()`,
    );
    await summaries();
    await sql('DROP FUNCTION app.test_end() CASCADE');
    expect(await deliveries()).toEqual([]);
    await Promise.all([1, 2, 3].map(summaries));
    await sendAlerts(stage.resources, stage.signal);
    await stage.smtp.next(/until/);
    expect(await deliveries()).toMatchObject([{ state: 'sent' }]);
  });

  it('is not sent where nothing failed, unless it is wanted', async () => {
    await stage.addChannel({ kind: 'email', to: ['ops@example.com'] });
    await stage.settings({ summary: { at: '08:00', isAlways: false } });
    stage.ahead(24 * 60);
    goTo('08:00');
    await summaries();
    expect(await deliveries()).toEqual([]);
    await stage.settings({ summary: { at: '08:00', isAlways: true } });
    await summaries();
    expect(await deliveries(), 'that of this day is made already').toEqual([]);
    goTo('08:00');
    await summaries();
    await sendAlerts(stage.resources, stage.signal);
    expect((await stage.smtp.next(/nothing failed/)).text).toContain('Nothing failed');
  });
});
