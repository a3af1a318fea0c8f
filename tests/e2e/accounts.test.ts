/** Roles hold for every page, and a second store joins and leaves by hand. */
import { readFileSync, readdirSync } from 'node:fs';
import { SignJWT } from 'jose';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approveJoining } from '~/sync/approve-joining';
import { carryLeavings } from '~/sync/leave-account';
import { makeJoinCode } from '~/sync/make-join-code';
import { API_KEY, API_SECRET } from '../support/environment';
import { createTestResources } from '../support/resources';
import { graveFindings } from './accessibility';
import { DOMAIN, USER_AGENT, appFrame, installApp, openAppPage, startStack } from './stack';
import type { Stack } from './stack';

const ROUTES = 'app/routes';
const PICTURES = 'tests/e2e/screenshots';
const PATIENT = { timeout: 20_000 };

let stack: Stack;
let page: Page;
let shopId: string;
beforeAll(async () => {
  stack = await startStack({ worker: false });
  ({ page } = await stack.openPage({ width: 1280, height: 900 }));
  await installApp(stack, page);
  ({ id: shopId } = await db().shop.findUniqueOrThrow({ where: { domain: DOMAIN } }));
});
afterAll(async () => {
  await stack?.stop();
});

const db = () => stack.database.db;

async function tokenOf(userId: string): Promise<string> {
  return new SignJWT({ dest: `https://${DOMAIN}`, sid: 'test' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(`https://${DOMAIN}/admin`)
    .setAudience(API_KEY)
    .setSubject(userId)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setNotBefore('0s')
    .setExpirationTime('60s')
    .sign(new TextEncoder().encode(API_SECRET));
}

/** Pages that have an action, by the name of their file. */
const WITH_ACTION = readdirSync(ROUTES)
  .filter((file) => file.startsWith('app.'))
  .flatMap((file) => {
    const text = readFileSync(`${ROUTES}/${file}`, 'utf8');
    return /^export\b[^\n]*\baction\b/m.test(text) ? [{ file, text }] : [];
  });

const ID = '3b241101-e2bb-4255-8caf-4136c566a962';

/** Address of a page, and its id in Remix. */
function addressOf(file: string): { path: string; id: string } {
  const name = file.replace(/\.tsx$/, '');
  const path = name
    .replace(/\._index$/, '')
    .replaceAll('_.', '.')
    .replaceAll('$id', ID)
    .replaceAll('.', '/');
  return { path: `/${path}${name.endsWith('._index') ? '?index' : ''}`, id: `routes/${name}` };
}

async function post(file: string, userId: string, body: URLSearchParams | string): Promise<string> {
  const { path, id } = addressOf(file);
  const address = new URL(path, stack.app.origin);
  address.searchParams.set('_data', id);
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      'user-agent': USER_AGENT,
      authorization: `Bearer ${await tokenOf(userId)}`,
      'content-type': typeof body === 'string' ? 'application/json' : 'application/x-www-form-urlencoded',
    },
    body: typeof body === 'string' ? body : body.toString(),
  });
  return response.text();
}

describe('what people may do', () => {
  it('is said by every action, in one way', () => {
    expect(WITH_ACTION.length).toBeGreaterThan(22);
    for (const { file, text } of WITH_ACTION) {
      expect(text, file).toMatch(/^export const action = actionOf\(/m);
      expect(text, file).not.toMatch(/export (?:async )?function action\b/);
    }
  });

  it('has made whoever opened the app first its owner, and of the next ones what is the default', async () => {
    const [first, ...others] = await db().member.findMany({ where: { shopId } });
    expect(first).toMatchObject({ role: 'owner' });
    expect(others).toEqual([]);
    // With nothing to do it is refused later, by what it asks for: the role is enough.
    expect(await post('app.runs._index.tsx', '50', new URLSearchParams())).not.toContain('Your role');
    expect(await db().member.findFirst({ where: { shopId, userId: '50' } })).toMatchObject({ role: null });
    expect(await post('app.settings.tsx', '50', '{}')).toContain('Your role is merchandiser');
  });

  it.each(WITH_ACTION)(
    'holds for $file: who may only look is refused, with the role and who changes it',
    async ({ file }) => {
      const at = new Date();
      await db().member.upsert({
        where: { shopId_userId: { shopId, userId: '60' } },
        create: { shopId, userId: '60', role: 'read-only', firstSeenAt: at, lastSeenAt: at },
        update: {},
      });
      for (const body of ['{}', new URLSearchParams({ intent: 'apply' })]) {
        const told = await post(file, '60', body);
        expect(told, file).toContain('Your role is read-only');
        expect(told, file).toMatch(/An owner \(user \d+\) can change it/);
      }
    },
  );

  it('differs by what is asked for: a reviewer confirms an edit and does not undo it', async () => {
    const at = new Date();
    await db().member.createMany({
      data: [{ shopId, userId: '61', role: 'reviewer', firstSeenAt: at, lastSeenAt: at }],
      skipDuplicates: true,
    });
    const ask = (intent: string) => post('app.edits.$id.tsx', '61', new URLSearchParams({ intent }));
    expect(await ask('undo')).toContain('Your role is reviewer');
    expect(await ask('apply')).not.toContain('Your role');
  });

  it('is changed by an owner, by keyboard, and the last owner stays one', async () => {
    const app = appFrame(page);
    await openAppPage(stack, page, '/app/members');
    await app.getByRole('button', { name: 'Change user 50' }).focus();
    await page.keyboard.press('Enter');
    const dialog = app.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Grace');
    await dialog.getByLabel('Role', { exact: true }).selectOption('owner');
    await page.screenshot({ path: `${PICTURES}/member-change-wide.png` });
    expect(await graveFindings(stack, page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await app.getByText('Grace').first().waitFor(PATIENT);
    await expect
      .poll(async () => (await db().member.findFirst({ where: { shopId, userId: '50' } }))?.role, PATIENT)
      .toBe('owner');
    // Now two may manage: one of them gives it up, the other cannot.
    const give = (userId: string, by: string) =>
      post(
        'app.members.tsx',
        by,
        new URLSearchParams({ intent: 'member', userId, name: '', role: 'reviewer' }),
      );
    expect(await give('50', '50')).toContain('Saved');
    const { userId } = await db().member.findFirstOrThrow({ where: { shopId, role: 'owner' } });
    expect(await give(userId, userId)).toContain('is the only owner, and cannot become reviewer');
  });
});

describe('a store that joins by hand', () => {
  it('shows whose account it joins and what that means, waits, and leaves', async () => {
    const app = appFrame(page);
    const handle = `lockstep-group-${Date.now()}`;
    const account = await db().account.create({ data: { name: 'group' } });
    const group = await db().shop.create({
      data: { accountId: account.id, domain: `${handle}.myshopify.com`, name: 'Lockstep Group' },
    });
    await db().catalogProduct.create({ data: { accountId: account.id, handle: 'tent', title: 'Tent' } });
    const by = { shopId: group.id, actor: 'user 9', address: '' };
    const { code } = await makeJoinCode({ db: db(), now: () => new Date() }, by);

    await openAppPage(stack, page, '/app/stores');
    const field = app.getByLabel('Code of the other store');
    await field.fill('AAA');
    await page.keyboard.press('Enter');
    await app.getByText('The code “AAA” cannot be used. It has 3 characters').waitFor(PATIENT);
    await field.fill(code.toLowerCase());
    await page.keyboard.press('Enter');
    await app.getByText('The account has 1 product and these stores:').waitFor(PATIENT);
    await app.getByText(`Lockstep Group (${handle}.myshopify.com), USD`).waitFor();
    await page.screenshot({ path: `${PICTURES}/stores-offer-wide.png` });
    expect(await graveFindings(stack, page)).toEqual([]);
    await app.getByRole('button', { name: 'Ask to join' }).click();
    await app.getByText('Waiting to be let in').waitFor(PATIENT);

    // Approved in the other store.
    const { id } = await db().accountJoin.findFirstOrThrow({ where: { shopId, accountId: account.id } });
    const resources = await createTestResources(stack.env);
    expect(await approveJoining(resources, by, id)).toEqual({ kind: 'done' });
    await resources.close();

    await openAppPage(stack, page, '/app/stores');
    await app.getByText('2 stores of this account').waitFor(PATIENT);
    await app.getByRole('button', { name: 'Store: Lockstep Demo' }).click();
    const link = app.getByRole('link', { name: 'Lockstep Group' }).first();
    expect(await link.getAttribute('href')).toContain(`/store/${handle}/apps/`);
    expect(await link.getAttribute('target')).toBe('_top');
    await page.screenshot({ path: `${PICTURES}/stores-switcher-wide.png` });
    await page.keyboard.press('Escape');
    await app.getByRole('button', { name: 'Leave…' }).click();
    await app.getByRole('dialog').getByRole('button', { name: 'Leave with a copy' }).click();
    await app.getByText('This store is leaving its account').waitFor(PATIENT);
    await page.screenshot({ path: `${PICTURES}/stores-leaving-wide.png` });
    expect(await graveFindings(stack, page)).toEqual([]);
    const wide = page.viewportSize() ?? { width: 1280, height: 900 };
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `${PICTURES}/stores-leaving-phone.png` });
    await page.setViewportSize(wide);
    await app.getByRole('button', { name: 'Stay' }).click();
    await app.getByText('This store is leaving its account').waitFor({ state: 'hidden', ...PATIENT });
    await app.getByRole('button', { name: 'Leave…' }).click();
    await app.getByRole('dialog').getByRole('button', { name: 'Leave with a copy' }).click();
    await app.getByText('This store is leaving its account').waitFor(PATIENT);
    const worker = await createTestResources(stack.env);
    await carryLeavings(worker, new AbortController().signal);
    await worker.close();
    await app.getByText('1 store of this account').waitFor(PATIENT);
    const { accountId } = await db().shop.findUniqueOrThrow({ where: { id: shopId } });
    expect(accountId).not.toBe(account.id);
    expect(await db().catalogProduct.count({ where: { accountId: account.id } })).toBe(1);
  });
});
