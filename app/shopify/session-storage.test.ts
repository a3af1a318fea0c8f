import { randomBytes } from 'node:crypto';
import { Session } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { describe, expect, it } from 'vitest';
import { EncryptedSessionStorage } from './session-storage.server';
import { createTokenEncryption } from './token-encryption.server';

const SHOP = 'lockstep-demo.myshopify.com';
const keys = () => createTokenEncryption(`a:${randomBytes(32).toString('base64')}`);

/** A storage in memory, to see what reaches it. */
class MemoryStorage implements SessionStorage {
  readonly sessions = new Map<string, Session>();
  async storeSession(session: Session) {
    this.sessions.set(session.id, session);
    return true;
  }
  async loadSession(id: string) {
    return this.sessions.get(id);
  }
  async deleteSession(id: string) {
    return this.sessions.delete(id);
  }
  async deleteSessions(ids: string[]) {
    for (const id of ids) this.sessions.delete(id);
    return true;
  }
  async findSessionsByShop(shop: string) {
    return [...this.sessions.values()].filter((session) => session.shop === shop);
  }
}

function offlineSession() {
  return new Session({
    id: `offline_${SHOP}`,
    shop: SHOP,
    state: '',
    isOnline: false,
    scope: 'write_products',
    accessToken: 'shpat_secret',
    refreshToken: 'shprt_secret',
    expires: new Date('2026-11-24T10:00:00Z'),
    refreshTokenExpires: new Date('2027-02-22T10:00:00Z'),
  });
}

function open(encryption = keys(), inner = new MemoryStorage()) {
  const warnings: object[] = [];
  const log = { warn: (details: object) => void warnings.push(details) };
  return { inner, warnings, storage: new EncryptedSessionStorage(inner, encryption, log) };
}

describe('encrypted session storage', () => {
  it('gives back what was stored, and hands the tokens on only encrypted', async () => {
    const { inner, storage } = open();
    const session = offlineSession();
    await storage.storeSession(session);
    const stored = inner.sessions.get(session.id)!;
    expect(JSON.stringify(stored.toObject())).not.toContain('secret');
    expect(stored.scope).toBe('write_products');
    expect((await storage.loadSession(session.id))!.toObject()).toEqual(session.toObject());
    expect((await storage.findSessionsByShop(SHOP))[0]!.accessToken).toBe('shpat_secret');
    expect(session.accessToken).toBe('shpat_secret');
  });

  it('treats a session no key opens as absent and reports it', async () => {
    const inner = new MemoryStorage();
    await open(keys(), inner).storage.storeSession(offlineSession());
    const { storage, warnings } = open(keys(), inner);
    expect(await storage.loadSession(`offline_${SHOP}`)).toBeUndefined();
    expect(await storage.findSessionsByShop(SHOP)).toEqual([]);
    expect(warnings).toHaveLength(2);
  });
});
