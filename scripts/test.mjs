/** `npm test`: everything that is tested, one step after the other; stops at the first that fails. */
import process from 'node:process';
import { ensureDebianPackages } from './ensure-debian-packages.mjs';
import { ensureInstalled, run } from './ensure-ready.mjs';

const steps = [
  [
    'Generate code',
    'npm',
    ['run', '--silent', 'generate'],
    { DATABASE_URL: process.env.DATABASE_URL || 'postgresql://localhost/lockstep' },
  ],
  ['Format (prettier)', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['Lint, with the import rules (eslint)', 'eslint', ['--max-warnings', '0', '.']],
  ['Types (tsc)', 'tsc', ['--noEmit']],
  ['Build (remix vite:build)', 'remix', ['vite:build', '--logLevel', 'warn'], { NODE_ENV: 'production' }],
  ['Tests (vitest)', 'vitest', ['run', ...process.argv.slice(2)], { NODE_ENV: 'test' }],
];

ensureInstalled();
const problem = ensureDebianPackages();
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
for (const [index, [title, command, args, env]] of steps.entries()) {
  process.stdout.write(`\n[${index + 1}/${steps.length}] ${title}\n`);
  const code = await run(command, args, env);
  if (code !== 0) {
    process.stderr.write(`\nFailed: ${title}. Again: npx ${command} ${args.join(' ')}\n`);
    process.exit(code);
  }
}
