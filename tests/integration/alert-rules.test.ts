/** Each rule of alerts: its condition is made to happen, told by mail, Slack and signed webhook, mended, and told as over. */
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ALERT_RULES, RULE_FACTS } from '~/core/alert-rules';
import type { AlertRule } from '~/core/alert-rules';
import { readCapture } from '~/db/change-capture.server';
import { retryDeadLetter } from '~/sync/retry-dead-letter';
import { startReconciliation } from '~/sync/start-reconciliation';
import { openAlertedStage } from '../support/alerted-stage';
import type { AlertedStage } from '../support/alerted-stage';
import { allDone } from '../support/all-done';
import { followCatalog } from '../support/capture';
import { DEMO_SHOP, connectShop } from '../support/connected-shop';
import { asMerchant, storeProduct } from '../support/merchant';
import { fillCatalog } from '../support/small-catalog';
import { waitFor } from '../support/wait-for';

const PRODUCTS = 25;

let stage: AlertedStage;
let secret: string;
beforeAll(async () => {
  stage = await openAlertedStage();
  await fillCatalog(stage, PRODUCTS);
  expect((await stage.run()).state).toBe('finished');
  await stage.addChannel({ kind: 'email', to: ['ops@example.com'] });
  await stage.addChannel({ kind: 'slack', url: `${stage.http.origin}/slack` });
  secret = (await stage.addChannel({ kind: 'webhook', url: `${stage.http.origin}/hook` })).secret ?? '';
});
afterAll(async () => {
  await stage?.close();
});

const db = () => stage.resources.db;
let price = 100;
/** Every variant of the catalog costs something else. */
const changePrices = () => db().catalogVariant.updateMany({ data: { price: String((price += 1)) } });
const breakPrices = (kind: 'http-500' | 'user-errors' | 'throttled', times?: number) =>
  stage.emulator.faults.add({
    kind,
    match: { field: 'productVariantsBulkUpdate', ...(times !== undefined && { times }) },
    userErrors: [{ field: ['price'], message: 'Price is not right today', code: 'INVALID' }],
  });

async function lettersWritten(): Promise<void> {
  await waitFor(
    'dead letters are written',
    async () => (await db().deadLetter.count({ where: { retriedAt: null } })) > 0,
  );
}

/** Mends what failed, as a person does: clears the faults, and retries every job that gave up. */
async function retryAll(): Promise<void> {
  stage.emulator.faults.clear();
  const { shopId } = stage;
  for (const { id } of await db().deadLetter.findMany({ where: { retriedAt: null } }))
    await retryDeadLetter(stage.resources, { shopId, deadLetterId: id, causedBy: 'test' });
  for (const { id } of await db().syncRun.findMany({ where: { trigger: 'retry' } })) await stage.awaitRun(id);
}

async function checkStore(): Promise<number> {
  const started = await startReconciliation(stage.resources, { shopId: stage.shopId, causedBy: 'test' });
  if (started.kind !== 'started') throw new Error(JSON.stringify(started));
  const id = started.reconciliationId;
  const end = await waitFor('the check ends', () =>
    db().reconciliation.findFirst({ where: { id, state: { not: 'running' } } }),
  );
  await allDone(stage);
  return end.productsDrifted;
}

/** A rule's way from quiet to told to over. */
interface Story {
  happen(): Promise<void>;
  mend(): Promise<void>;
  /** What a message says of the matter. */
  says: RegExp;
}

const sql = (text: string) => db().$executeRawUnsafe(text);

let capture: ReturnType<typeof followCatalog> | null = null;
let role = '';

const STORIES: Record<AlertRule, Story> = {
  'price-delay': {
    says: /50 prices of your catalog are not in Shopify yet, the oldest of “Item \d+”/,
    happen: async () => {
      breakPrices('http-500');
      await changePrices();
      await stage.run();
      await lettersWritten();
      // Late is what is late for minutes.
      stage.ahead(2);
      await stage.turn();
      expect(stage.told()).toEqual([]);
      stage.ahead(4);
    },
    mend: retryAll,
  },
  'sync-failures': {
    says: /1 job gave up\. The last one: .+/,
    happen: async () => {
      breakPrices('http-500');
      await changePrices();
      await stage.run();
      await lettersWritten();
    },
    mend: retryAll,
  },
  'error-rate': {
    says: /50 of 50 changes failed\. Mostly: .*Price is not right today/,
    happen: async () => {
      breakPrices('user-errors');
      await changePrices();
      await stage.run();
    },
    mend: async () => {
      stage.emulator.faults.clear();
      await stage.run();
    },
  },
  'hit-rate': {
    // By whole hours: what the rule before had to read may count, too.
    says: /(\d+) of \1 products had to be read from Shopify/,
    happen: async () => {
      // What webhooks about every product leave behind, at the moment a run comes.
      await db().remoteProductRow.updateMany({ data: { invalidatedAt: stage.resources.now() } });
      await stage.run();
    },
    mend: async () => {
      for (let run = 0; run < 10; run += 1) await stage.run();
    },
  },
  'rate-limit': {
    says: /Shopify answered “throttled” \d+ times?\./,
    happen: async () => {
      breakPrices('throttled', 3);
      await changePrices();
      expect((await stage.run()).throttled).toBeGreaterThan(0);
    },
    mend: async () => stage.emulator.faults.clear(),
  },
  'replication-lag': {
    says: /The catalog is not followed: .*may not read the changes.* REPLICATION/,
    happen: async () => {
      const address = new URL(stage.env['DATABASE_URL'] ?? '');
      role = `alerts_${stage.shopId.slice(0, 8)}`;
      await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'`);
      address.username = role;
      address.password = 'plain';
      // By a role that may first, which makes what is streamed.
      capture = followCatalog(stage);
      await capture.streaming();
      await capture.close();
      capture = followCatalog(stage, { databaseUrl: address.href });
      await waitFor('the capture says so', async () => (await readCapture(db())).state === 'refused');
    },
    mend: async () => {
      await sql(`ALTER ROLE ${role} REPLICATION`);
      await capture?.streaming();
      await capture?.followed();
    },
  },
  drift: {
    says: /The last check found 1 of 25 products changed in Shopify/,
    happen: async () => {
      const { id } = storeProduct(stage, 'item-3');
      // Its webhook is lost: nobody listens.
      await asMerchant(
        stage,
        `mutation M { productUpdate(product: {id: "${id}", vendor: "By hand"}) { userErrors { message } } }`,
      );
      expect(await checkStore()).toBe(1);
    },
    mend: async () => {
      expect(await checkStore()).toBe(0);
    },
  },
  anomaly: {
    says: /\d+ changes within the last hour; in this hour of the week 5 are usual/,
    happen: async () => {
      const now = stage.resources.now().getTime();
      const weeks = [1, 2, 3, 4].map((week) => new Date(now - week * 7 * 86_400_000 - 600_000));
      await db().shop.updateMany({ data: { timezone: 'UTC', installedAt: new Date(now - 40 * 86_400_000) } });
      await db().change.createMany({
        data: weeks.flatMap((at) =>
          Array.from({ length: 5 }, (_, index) => ({
            ...{ changeKey: `${at.getTime()} ${index}`, shopId: stage.shopId, at, field: 'price' },
            ...{ productId: crypto.randomUUID(), direction: 'push', state: 'applied', causedBy: 'test' },
          })),
        ),
      });
      await changePrices();
      await db().catalogProduct.updateMany({
        data: { vendor: `Vendor ${price}`, productType: `Type ${price}` },
      });
      await stage.run();
    },
    // An hour later it is over by itself.
    mend: async () => stage.ahead(61),
  },
  token: {
    says: /Shopify does not accept the access token any more/,
    happen: async () => {
      const address = `${stage.emulator.origin}/_emulator/shops/${DEMO_SHOP}/uninstall`;
      await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
      await changePrices();
      await stage.run();
      await waitFor('the token is given up', async () => (await db().session.count()) === 0);
    },
    mend: async () => {
      await connectShop(stage.resources, stage.env);
      await retryAll();
    },
  },
};

describe('the rule', () => {
  beforeEach(async () => {
    stage.emulator.faults.clear();
    await stage.only([]);
    await stage.turn();
    stage.http.requests.length = 0;
    stage.smtp.mails.length = 0;
  });

  // The delay first: the clock is not moved yet, and the database's own agrees with it.
  const order = ['price-delay' as const, ...ALERT_RULES.filter((rule) => rule !== 'price-delay')];
  it.each(order)('%s fires, is told everywhere, and recovers', async (rule) => {
    const { happen, mend, says } = STORIES[rule];
    if (rule !== 'price-delay') stage.ahead(70);
    await stage.only([rule]);
    await stage.turn();
    expect(stage.told()).toEqual([]);

    await happen();
    const { title } = RULE_FACTS[rule];
    const mail = await stage.turnsUntil(`${rule} is told`, () =>
      stage.smtp.mails.find(({ subject }) => subject?.endsWith(`: ${title}`)),
    );
    expect(mail.text).toMatch(says);
    expect(mail.text).toContain(RULE_FACTS[rule].remedy.slice(0, 40));
    expect(mail.text).toContain('https://admin.shopify.com/store/lockstep-demo/apps/lockstep-test-key/app');
    expect(mail.from?.text).toContain('alerts@lockstep.test');
    await stage.turnsUntil('the webhook is there', () => stage.told().at(0));
    expect(stage.told()).toMatchObject([
      { event: 'fired', rule, severity: RULE_FACTS[rule].severity, detail: expect.stringMatching(says) },
    ]);

    await mend();
    await stage.turnsUntil(
      `${rule} is over`,
      () => stage.smtp.mails.find(({ subject }) => subject?.endsWith(`: Recovered: ${title}`)),
      120,
    );
    await stage.turnsUntil('the webhook knows it', () => stage.told().at(1));
    stage.ahead(1);
    await stage.turn();
    const [fired, recovered, ...more] = stage.told();
    expect(more).toEqual([]);
    expect(recovered).toMatchObject({ event: 'recovered', rule, episode: fired?.episode });
    expect(stage.smtp.mails).toHaveLength(2);
    expect(stage.http.requests.filter(({ path }) => path === '/slack')).toHaveLength(2);
    for (const { path, headers, body } of stage.http.requests)
      if (path === '/hook') {
        const {
          'webhook-id': id = '',
          'webhook-timestamp': seconds,
          'webhook-signature': signature,
        } = headers;
        const at = new Date(Number(seconds) * 1_000);
        expect(new Webhook(secret).sign(id, at, body)).toBe(signature);
      }
    if (capture !== null) {
      await capture.close();
      capture = null;
      await sql(`DROP ROLE ${role}`);
    }
  });
});
