/** Encrypts tokens before they reach the database: AES-256-GCM, with keys that can be changed while the app runs on. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Written before the key id, so that the format can change one day. */
const VERSION = 'v1';

export interface TokenEncryption {
  /** Encrypts with the first key, bound to the session: the result is of no use under another session's id. */
  encrypt(token: string, sessionId: string): string;
  /** Throws TokenUnreadable where the key is unknown, the text was changed, or it belongs to another session. */
  decrypt(stored: string, sessionId: string): string;
}

/** A stored token that none of the configured keys opens. */
export class TokenUnreadable extends Error {
  constructor(sessionId: string, reason: string, options?: ErrorOptions) {
    super(`The stored token of ${sessionId} cannot be read: ${reason}`, options);
    this.name = 'TokenUnreadable';
  }
}

function parseKey(entry: string, position: number): [string, Buffer] {
  const separator = entry.indexOf(':');
  const id = entry.slice(0, Math.max(0, separator)).trim();
  const key = Buffer.from(entry.slice(separator + 1).trim(), 'base64');
  const remedy = 'Write "id:base64 of 32 bytes", comma separated; `npm run keys:new` prints one.';
  if (!/^[A-Za-z0-9_-]+$/.test(id))
    throw new Error(
      `TOKEN_ENCRYPTION_KEYS: entry ${position} has no id of letters, digits, "-" or "_". ${remedy}`,
    );
  if (key.length !== KEY_BYTES)
    throw new Error(
      `TOKEN_ENCRYPTION_KEYS: key "${id}" has ${key.length} bytes instead of ${KEY_BYTES}. ${remedy}`,
    );
  return [id, key];
}

/**
 * Reads keys written as "id:base64,id:base64": the first encrypts, all decrypt. Throws where one is malformed or an id
 * is given twice.
 */
export function createTokenEncryption(keys: string): TokenEncryption {
  const entries = keys.split(',').map((entry, index) => parseKey(entry, index + 1));
  const byId = new Map(entries);
  const [first] = entries;
  if (!first) throw new Error('TOKEN_ENCRYPTION_KEYS is empty: `npm run keys:new` prints a key.');
  if (byId.size < entries.length)
    throw new Error('TOKEN_ENCRYPTION_KEYS: two keys have the same id; give each its own.');
  const [currentId, currentKey] = first;
  return {
    encrypt(token, sessionId) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, currentKey, iv).setAAD(Buffer.from(sessionId));
      const sealed = Buffer.concat([iv, cipher.update(token, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${currentId}.${sealed.toString('base64url')}`;
    },
    decrypt(stored, sessionId) {
      const [version, keyId, text, ...rest] = stored.split('.');
      if (version !== VERSION || keyId === undefined || text === undefined || rest.length > 0)
        throw new TokenUnreadable(sessionId, 'it is not in the form this version writes.');
      const key = byId.get(keyId);
      if (!key) throw new TokenUnreadable(sessionId, `TOKEN_ENCRYPTION_KEYS has no key "${keyId}".`);
      const sealed = Buffer.from(text, 'base64url');
      if (sealed.length < IV_BYTES + TAG_BYTES) throw new TokenUnreadable(sessionId, 'it is too short.');
      const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(sessionId))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        const opened = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
        return Buffer.concat([opened, decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new TokenUnreadable(sessionId, 'it was changed, or belongs to another session.', { cause });
      }
    },
  };
}
