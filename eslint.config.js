import boundaries from 'eslint-plugin-boundaries';
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const layers = ['core', 'catalog', 'shopify', 'sync', 'queue', 'db', 'observe', 'web', 'api', 'routes', 'ui'];

/** Who may import whom: docs/architecture.md. A layer may always import itself. */
const allowed = {
  core: [],
  catalog: ['core'],
  shopify: ['core'],
  db: ['core'],
  observe: ['core'],
  web: ['core'],
  sync: ['core', 'catalog', 'shopify', 'db', 'observe', 'web', 'config'],
  queue: ['core', 'sync', 'db', 'observe', 'config'],
  api: ['core', 'sync', 'db', 'observe'],
  ui: ['core'],
  routes: ['core', 'sync', 'ui', 'db', 'queue', 'server', 'config'],
  server: [...layers.filter((layer) => layer !== 'routes' && layer !== 'ui'), 'config'],
  entry: ['routes', 'ui', 'server', 'config', 'shopify'],
  config: ['core'],
};

export default tseslint.config(
  { ignores: ['node_modules/**', 'build/**', 'generated/**', '.data/**', '.mirror/**'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { boundaries, 'import-x': importX, 'react-hooks': reactHooks },
    settings: {
      'import/resolver': { typescript: { project: './tsconfig.json' } },
      'import-x/resolver': { typescript: { project: './tsconfig.json' } },
      'boundaries/include': ['app/**/*'],
      'boundaries/elements': [
        ...layers.map((layer) => ({ type: layer, pattern: `app/${layer}/**`, mode: 'full' })),
        { type: 'config', pattern: 'app/config.server.ts', mode: 'full' },
        { type: 'server', pattern: 'app/*.server.ts', mode: 'full' },
        { type: 'entry', pattern: 'app/*.{ts,tsx}', mode: 'full' },
      ],
    },
    rules: {
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          rules: Object.entries(allowed).map(([from, targets]) => ({ from, allow: [from, ...targets] })),
        },
      ],
      'boundaries/no-unknown-files': 'error',
      'import-x/no-cycle': 'error',
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/emulator/**'], message: 'app and emulator meet only over HTTP.' }] },
      ],
    },
  },
  {
    files: ['app/core/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'setInterval', 'process', 'performance'],
      'no-restricted-properties': [
        'error',
        {
          object: 'Date',
          property: 'now',
          message: 'The core has no clock: take the instant as a parameter.',
        },
        {
          object: 'Math',
          property: 'random',
          message: 'The core has no randomness: take it as a parameter.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'The core has no clock.',
        },
      ],
    },
  },
  {
    files: ['emulator/**/*.ts', 'tests/**/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['emulator/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['~/**', '**/app/**'], message: 'app and emulator meet only over HTTP.' }] },
      ],
    },
  },
  {
    files: ['tests/**/*.{ts,tsx}', '**/*.test.{ts,tsx}', 'scripts/**/*.{ts,mjs}'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-console': 'off' },
  },
);
