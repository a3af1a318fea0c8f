/** Alerts by hand: a channel is added and tried, a threshold is changed, and what fires stands on Home. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpReceiver } from '../support/http-receiver';
import type { HttpReceiver } from '../support/http-receiver';
import { startSmtpReceiver } from '../support/smtp-receiver';
import type { SmtpReceiver } from '../support/smtp-receiver';
import { graveFindings } from './accessibility';
import { DOMAIN, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const PATIENT = { timeout: 30_000 };

let stack: Stack;
let smtp: SmtpReceiver;
let http: HttpReceiver;
let page: Page;
let errors: string[];
beforeAll(async () => {
  smtp = await startSmtpReceiver();
  http = await startHttpReceiver();
  stack = await startStack({
    worker: false,
    env: {
      SMTP_URL: smtp.url,
      ALERT_FROM: 'Lockstep <alerts@lockstep.test>',
      FETCH_ALLOWED_HOSTS: http.host,
    },
  });
  ({ page, errors } = await stack.openPage({ width: 1280, height: 900 }));
  await installApp(stack, page);
});
afterAll(async () => {
  await stack?.stop();
  await smtp?.close();
  await http?.close();
});

const app = () => appFrame(page);
const dialog = () => app().getByRole('dialog');
const db = () => stack.database.db;

describe('the page of alerts', () => {
  it('adds an e-mail channel, refuses what is no address, and sends a test', async () => {
    await openAppPage(stack, page, '/app/alerts');
    await app().getByText('Nothing. Every rule that is switched on').waitFor();
    await page.screenshot({ path: 'tests/e2e/screenshots/alerts-empty-wide.png' });
    await app().getByRole('button', { name: 'Add channel' }).click();
    await dialog().getByLabel('Name').fill('Operations');
    await dialog().getByLabel('Recipients').fill('nobody');
    await page.screenshot({ path: 'tests/e2e/screenshots/alerts-channel-wide.png' });
    await dialog().getByRole('button', { name: 'Add channel' }).click();
    await dialog().getByRole('alert').getByText('Write e-mail addresses such as').waitFor();
    expect(await graveFindings(stack, page)).toEqual([]);
    await dialog().getByLabel('Recipients').fill('ops@example.com\nnight@example.com');
    await dialog().getByRole('button', { name: 'Add channel' }).click();
    await app().getByText('ops@example.com, night@example.com').waitFor();
    await app().getByRole('button', { name: 'Send a test to Operations' }).click();
    const mail = await smtp.next(/test of Lockstep’s alerts/);
    expect(mail.text).toContain('arrive here like this');
    await app().getByText('Sent', { exact: true }).first().waitFor();
    expect(errors).toEqual([]);
  });

  it('adds a webhook, shows its secret once, and refuses closed addresses', async () => {
    await openAppPage(stack, page, '/app/alerts');
    await app().getByRole('button', { name: 'Add channel' }).click();
    await dialog().getByLabel('Kind').selectOption('webhook');
    await dialog().getByLabel('Name').fill('Pager');
    await dialog().getByLabel('Address').fill('http://169.254.169.254/latest');
    await dialog().getByRole('button', { name: 'Add channel' }).click();
    await dialog().getByText('169.254.169.254 is not on the public web.').waitFor();
    await dialog().getByLabel('Address').fill(`${http.origin}/hook`);
    await dialog().getByRole('button', { name: 'Add channel' }).click();
    await expect.poll(() => dialog().getByLabel('Secret').inputValue(), PATIENT).toMatch(/^whsec_/);
    await dialog().getByRole('button', { name: 'I have stored it' }).click();
    await app().getByRole('button', { name: 'Send a test to Pager' }).click();
    await expect.poll(() => http.requests.length, PATIENT).toBe(1);
    await app().getByRole('button', { name: 'Remove Pager' }).click();
    await dialog().getByRole('button', { name: 'Remove channel' }).click();
    await expect.poll(() => db().alertChannel.count(), PATIENT).toBe(1);
    expect(errors).toEqual([]);
  });

  it('saves thresholds, quiet hours and the summary, and refuses nonsense where it is typed', async () => {
    await openAppPage(stack, page, '/app/alerts');
    const minutes = app().getByLabel('Prices are late: fires from');
    await minutes.fill('0');
    await app().getByText('Write a number from 1 to 1440.').waitFor();
    await minutes.fill('15');
    await app().getByLabel('Quiet hours').check();
    await app().getByLabel('Quiet from').fill('21:30');
    await app().getByLabel('Daily summary by e-mail').check();
    await page.getByRole('button', { name: 'Save' }).click();
    const saved = () => db().alertSettings.findFirst({ where: { summaryAt: { not: null } } });
    await expect.poll(saved, PATIENT).toMatchObject({
      ...{ quietFrom: '21:30', quietUntil: '07:00', summaryAt: '08:00', summaryAlways: false },
      rules: { 'price-delay': { isOn: true, threshold: 15, severity: 'critical' } },
    });
    expect(errors).toEqual([]);
  });

  it('is where Home leads while something fires', async () => {
    const shop = await db().shop.findUniqueOrThrow({ where: { domain: DOMAIN } });
    await db().alertEpisode.create({
      data: {
        ...{ id: randomUUID(), shopId: shop.id, rule: 'drift', severity: 'warning', state: 'firing' },
        ...{ threshold: 1, value: 3, beganAt: new Date(), firedAt: new Date() },
        detail: 'The last check found 3 of 120 products changed in Shopify.',
      },
    });
    await openAppPage(stack, page, '/app');
    await app().getByText('The last check found 3 of 120 products').waitFor();
    await app().getByRole('link', { name: 'Look at the alerts' }).click();
    await app().getByRole('heading', { level: 1, name: 'Alerts' }).waitFor();
    await app().getByRole('heading', { name: 'Shopify held other values than Lockstep knew' }).waitFor();
    expect(await graveFindings(stack, page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
