/** `npm run keys:new`: prints a fresh line for .env. To rotate, put the new entry before the old one. */
import { randomBytes } from 'node:crypto';
import process from 'node:process';

const id = new Date().toISOString().slice(0, 10);
process.stdout.write(`TOKEN_ENCRYPTION_KEYS=${id}:${randomBytes(32).toString('base64')}\n`);
