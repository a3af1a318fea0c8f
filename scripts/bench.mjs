/** `npm run bench`: the figures of the README, printed as a table. Arguments go to vitest. */
import process from 'node:process';
import { ensureGenerated, ensureInstalled, run } from './ensure-ready.mjs';

ensureInstalled();
await ensureGenerated();
// The web process is measured as it is deployed: a stale build would be measured instead.
const built = await run('remix', ['vite:build', '--logLevel', 'warn'], { NODE_ENV: 'production' });
if (built !== 0) process.exit(built);
process.exit(
  await run('vitest', ['run', '--config', 'vitest.bench.config.ts', ...process.argv.slice(2)], {
    NODE_ENV: 'test',
  }),
);
