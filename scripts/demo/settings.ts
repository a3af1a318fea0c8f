/** What the demo keeps in .data/: its secrets, made once, so that a second start can read what the first one stored. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const settings = z.object({ apiKey: z.string(), apiSecret: z.string(), tokenKeys: z.string() });
export type DemoSettings = z.infer<typeof settings>;

/** Reads <directory>/settings.json, or makes it. */
export function demoSettings(directory: string): DemoSettings {
  const file = join(directory, 'settings.json');
  if (existsSync(file)) return settings.parse(JSON.parse(readFileSync(file, 'utf8')));
  const made: DemoSettings = {
    apiKey: randomBytes(16).toString('hex'),
    apiSecret: randomBytes(16).toString('hex'),
    tokenKeys: `demo:${randomBytes(32).toString('base64')}`,
  };
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  return made;
}
