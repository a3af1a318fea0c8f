import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenUnreadable, createTokenEncryption } from './token-encryption.server';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const SESSION = 'offline_lockstep-demo.myshopify.com';

describe('token encryption', () => {
  it('gives back every token, and never writes the same text twice', () => {
    const encryption = createTokenEncryption(key('a'));
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (token, session) => {
        const stored = encryption.encrypt(token, session);
        expect(encryption.decrypt(stored, session)).toBe(token);
        expect(encryption.encrypt(token, session)).not.toBe(stored);
      }),
    );
  });

  it('writes with the first key, names it, and reads with all', () => {
    const [former, next] = [key('2026-01'), key('2026-07')];
    const old = createTokenEncryption(former).encrypt('shpat_1', SESSION);
    const rotated = createTokenEncryption(`${next}, ${former}`);
    expect(rotated.decrypt(old, SESSION)).toBe('shpat_1');
    const fresh = rotated.encrypt('shpat_2', SESSION);
    expect(fresh).toContain('.2026-07.');
    expect(createTokenEncryption(next).decrypt(fresh, SESSION)).toBe('shpat_2');
    expect(() => createTokenEncryption(next).decrypt(old, SESSION)).toThrow('has no key "2026-01"');
  });

  it('refuses a changed text, wherever it was changed', () => {
    const encryption = createTokenEncryption(key('a'));
    const stored = encryption.encrypt('shpat_0123456789', SESSION);
    const [head = '', id = '', text = ''] = stored.split('.');
    const sealed = Buffer.from(text, 'base64url');
    for (let position = 0; position < sealed.length; position++) {
      const changed = Buffer.from(sealed);
      changed[position] = changed[position]! ^ 1;
      const tampered = [head, id, changed.toString('base64url')].join('.');
      expect(() => encryption.decrypt(tampered, SESSION)).toThrow(TokenUnreadable);
    }
  });

  it("refuses another session's text, a plain token and a cut one", () => {
    const encryption = createTokenEncryption(key('a'));
    const stored = encryption.encrypt('shpat_1', SESSION);
    for (const [text, session] of [
      [stored, 'offline_other.myshopify.com'],
      ['shpat_1', SESSION],
      ['', SESSION],
      [stored.slice(0, 12), SESSION],
    ] as const)
      expect(() => encryption.decrypt(text, session)).toThrow(TokenUnreadable);
  });

  it('says which key is malformed and how to write one', () => {
    const good = key('a');
    expect(() => createTokenEncryption('')).toThrow('entry 1 has no id');
    expect(() => createTokenEncryption(`${good},${randomBytes(32).toString('base64')}`)).toThrow(
      'entry 2 has no id',
    );
    expect(() => createTokenEncryption('b:c2hvcnQ=')).toThrow('key "b" has 5 bytes instead of 32');
    expect(() => createTokenEncryption(`${good},${key('a')}`)).toThrow('two keys have the same id');
  });
});
