/** `npm run demo`: installs what is missing, then runs demo.ts with the project's own Node. */
import process from 'node:process';
import { ensureGenerated, ensureInstalled, NODE, run } from './ensure-ready.mjs';

ensureInstalled();
await ensureGenerated();
// The demo takes a second SIGINT for the first: the signal may come from a terminal or from whoever started this.
process.exit(await run(NODE, ['--import', 'tsx', 'scripts/demo.ts'], {}, { passInterrupt: true }));
