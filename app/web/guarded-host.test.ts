import { describe, expect, it } from 'vitest';
import { createGuardedHosts } from './guarded-host.server';

const names: Record<string, string[]> = {
  'db.example.com': ['93.184.216.34'],
  'inside.example.com': ['10.0.0.7'],
  'mixed.example.com': ['93.184.216.34', '127.0.0.1'],
};
const resolve = async (name: string) => {
  const found = names[name];
  if (found === undefined) throw new Error('ENOTFOUND');
  return found;
};
const guard = (changes: { allowsPrivate?: boolean; allowedHosts?: string[] } = {}) =>
  createGuardedHosts({ allowsPrivate: false, allowedHosts: [], resolve, ...changes });

describe('a database server that a merchant names', () => {
  it('is connected to at the address that was looked at', async () => {
    expect(await guard().open('DB.example.com', 5432)).toEqual({ kind: 'open', address: '93.184.216.34' });
    expect(await guard().open('93.184.216.34', 5432)).toMatchObject({ kind: 'open' });
  });

  it.each([
    'inside.example.com',
    'mixed.example.com',
    '127.0.0.1',
    '169.254.169.254',
    '10.0.0.7',
    '::1',
    '::ffff:10.0.0.7',
    'nowhere.example.com',
    '/var/run/postgresql',
    'db.example.com/x',
    'user@db.example.com',
    '',
  ])('is refused with a remedy: %s', async (host) => {
    expect(await guard().open(host, 5432)).toMatchObject({
      kind: 'refused',
      remedy: expect.stringMatching(/./),
    });
  });

  it('may be inside the own network where whoever runs the app says so, or names it', async () => {
    expect(await guard({ allowsPrivate: true }).open('inside.example.com', 5432)).toMatchObject({
      address: '10.0.0.7',
    });
    const named = guard({ allowedHosts: ['inside.example.com:5432'] });
    expect(await named.open('inside.example.com', 5432)).toMatchObject({ kind: 'open' });
    expect(await named.open('inside.example.com', 5433)).toMatchObject({ kind: 'refused' });
    expect(await guard({ allowsPrivate: true }).open('/var/run/postgresql', 5432)).toMatchObject({
      kind: 'refused',
    });
  });
});
