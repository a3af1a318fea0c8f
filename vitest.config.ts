import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const alias = { '~': path('./app'), '#generated': path('./generated') };

/** Projects from pure to whole: `npx vitest run --project unit` runs one of them. */
export default defineConfig({
  resolve: { alias },
  test: {
    reporters: ['./tests/support/second-try-reporter.ts', 'default'],
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', include: ['app/**/*.test.ts', 'emulator/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        resolve: { alias },
        test: {
          name: 'servers',
          include: [
            'tests/contract/**/*.test.ts',
            'tests/integration/**/*.test.ts',
            'tests/model/**/*.test.ts',
          ],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Of some thousand waits on a machine with other work to do, one is too short. It passes, and is named.
          retry: 1,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // As above: the browser starves longest.
          retry: 1,
        },
      },
    ],
  },
});
