/**
 * The text of an API key: "lsk_", its id (32 hex digits), "_" and its secret (64 hex digits). The secret is 256 random
 * bits: nobody finds it by trying, so a plain SHA-256 of it is kept. A slow hash protects what people think up; here it
 * would only make each request slow.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';

export interface NewApiKey {
  id: string;
  /** Shown once and kept nowhere. */
  text: string;
  secretHash: string;
}

const KEY = /^lsk_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([0-9a-f]{64})$/;

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** A key that nobody has. */
export function makeApiKey(): NewApiKey {
  const id = randomUUID();
  const secret = randomBytes(32).toString('hex');
  return {
    id,
    text: `lsk_${id.replaceAll('-', '')}_${secret}`,
    secretHash: hashOf(secret).toString('hex'),
  };
}

/** Id and secret of a key's text; null for any other text. */
export function readApiKey(text: string): { id: string; secret: string } | null {
  const parts = KEY.exec(text)?.slice(1);
  const secret = parts?.pop();
  return parts === undefined || secret === undefined ? null : { id: parts.join('-'), secret };
}

/** Whether this is the secret that the hash was made of; takes the same time for any other. */
export function isSecretOf(secret: string, secretHash: string): boolean {
  const [given, kept] = [hashOf(secret), Buffer.from(secretHash, 'hex')];
  return given.length === kept.length && timingSafeEqual(given, kept);
}
