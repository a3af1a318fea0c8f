/** `npm run bench`: the figures of the README, printed as a table. Arguments go to vitest. */
import process from 'node:process';
import { ensureGenerated, ensureInstalled, run } from './ensure-ready.mjs';

ensureInstalled();
await ensureGenerated();
process.exit(
  await run('vitest', ['run', '--config', 'vitest.bench.config.ts', ...process.argv.slice(2)], {
    NODE_ENV: 'test',
  }),
);
