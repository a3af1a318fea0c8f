import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** `npm run bench`: apart from the tests, one after the other, with nothing else running. */
export default defineConfig({
  resolve: { alias: { '~': path('./app'), '#generated': path('./generated') } },
  test: {
    include: ['tests/bench/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
