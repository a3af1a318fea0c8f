/** Who is what in a store, and how that changes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '~/config.server';
import { ownerNames, readMembers, rememberMember } from '~/db/members.server';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import { nameMember, setDefaultRole, setMemberRole } from '~/sync/change-members';
import { installShop } from '~/sync/install-shop';
import { uninstallShop } from '~/sync/uninstall-shop';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';

const DOMAIN = 'people.myshopify.com';

let database: TestDatabase;
let resources: AppResources;
let shopId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const env = testEnvironment({ databaseUrl: database.url, emulatorOrigin: 'http://127.0.0.1:9' });
  resources = await createResources(readConfig({ ...env, LOG_LEVEL: 'silent' }));
  ({ shopId } = await installShop(resources, { domain: DOMAIN }));
});
afterAll(async () => {
  await resources?.close();
  await database?.drop();
});

const open = (userId: string) => rememberMember(resources.db, { shopId, userId, now: new Date() });
const by = () => ({ shopId, actor: 'user 1', address: '192.0.2.1' });

it('makes exactly one of those an owner who open the app first, at the same time', async () => {
  const roles = await Promise.all(Array.from({ length: 12 }, (_none, index) => open(`${index % 6}`)));
  const { members } = await readMembers(resources.db, shopId);
  expect(members).toHaveLength(6);
  expect(members.filter(({ role }) => role === 'owner')).toHaveLength(1);
  expect(members.filter(({ role }) => role === 'merchandiser')).toHaveLength(5);
  // Each of them was told what they are, both times.
  expect(roles.filter((role) => role === 'owner')).toHaveLength(2);
});

it('holds the default for those of whom nobody said anything, in every store of the account', async () => {
  const { members } = await readMembers(resources.db, shopId);
  const [first, second] = members.filter(({ role }) => role !== 'owner');
  await setMemberRole(resources, by(), { userId: first!.userId, role: 'merchandiser' });
  await setDefaultRole(resources, by(), { role: 'read-only' });
  expect([await open(first!.userId), await open(second!.userId), await open('new')]).toEqual([
    'merchandiser',
    'read-only',
    'read-only',
  ]);
  expect(await setMemberRole(resources, by(), { userId: 'nobody', role: 'owner' })).toMatchObject({
    kind: 'refused',
  });
});

it('keeps an owner, even where two take the role from each other at the same time', async () => {
  const { members } = await readMembers(resources.db, shopId);
  const owner = members.find(({ role }) => role === 'owner')!;
  const other = members.find(({ role }) => role !== 'owner')!;
  await setMemberRole(resources, by(), { userId: other.userId, role: 'owner' });
  const outcomes = await Promise.all(
    [owner, other].map(({ userId }) => setMemberRole(resources, by(), { userId, role: 'read-only' })),
  );
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['changed', 'refused']);
  const refused = outcomes.find((outcome) => outcome.kind === 'refused');
  expect(refused).toMatchObject({ remedy: 'Make somebody else an owner first.' });
  const [left] = (await readMembers(resources.db, shopId)).members.filter(({ role }) => role === 'owner');
  await nameMember(resources, by(), { userId: left!.userId, name: 'Ada' });
  expect(await ownerNames(resources.db, shopId)).toEqual(['Ada']);
});

it('is on record: who changed it, and from where', async () => {
  const events = await database.db.accountEvent.findMany({ where: { shopId }, orderBy: { id: 'asc' } });
  expect(events[0]).toMatchObject({
    kind: 'role-changed',
    actor: 'user 1',
    address: '192.0.2.1',
    detail: expect.stringMatching(/^user \d: merchandiser to merchandiser$/),
  });
  expect(events.map(({ kind }) => kind)).toContain('default-role-changed');
});

it('begins anew with another installation: who may install apps is the owner', async () => {
  await uninstallShop(resources, { domain: DOMAIN });
  await installShop(resources, { domain: DOMAIN });
  expect(await open('next')).toBe('owner');
  expect(await open('0')).toBe('read-only');
});
