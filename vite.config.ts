import { fileURLToPath } from 'node:url';
import { vitePlugin as remix } from '@remix-run/dev';
import { defineConfig } from 'vite';

// `shopify app dev` names its tunnel in HOST; elsewhere HOST is an address to listen on.
if (process.env.HOST?.startsWith('https://')) process.env.SHOPIFY_APP_URL = process.env.HOST;

const appUrl = new URL(process.env.SHOPIFY_APP_URL ?? 'http://localhost');
const isLocal = ['localhost', '127.0.0.1'].includes(appUrl.hostname);
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  server: {
    allowedHosts: [appUrl.hostname],
    port: Number(process.env.PORT ?? 3000),
    hmr: isLocal
      ? { protocol: 'ws', host: 'localhost', port: 64999, clientPort: 64999 }
      : {
          protocol: 'wss',
          host: appUrl.hostname,
          port: Number(process.env.FRONTEND_PORT ?? 8002),
          clientPort: 443,
        },
    fs: { allow: ['app', 'generated', 'node_modules'] },
  },
  resolve: { alias: { '~': path('./app'), '#generated': path('./generated') } },
  plugins: [
    remix({
      ignoredRouteFiles: ['**/.*', '**/*.test.*'],
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
      },
    }),
  ],
  build: { assetsInlineLimit: 0, target: 'es2022' },
  optimizeDeps: { include: ['@shopify/app-bridge-react', '@shopify/polaris'] },
});
