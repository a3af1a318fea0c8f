/** Scripts and styles the admin serves, read once from the folder beside this file. */
import { readFileSync } from 'node:fs';
import type { HttpAnswer } from '../context';

const read = (name: string) => readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');

/** Joined in this order inside one function, so that nothing but window.shopify becomes global. */
const APP_BRIDGE_PARTS = ['channel', 'tokens', 'navigation', 'elements', 'forms', 'shopify'];

function appBridge(): string {
  const parts = APP_BRIDGE_PARTS.map((name) => read(`app-bridge/${name}.js`));
  return `(() => {\n'use strict';\n${parts.join('\n')}\n})();\n`;
}

const HOST_PARTS = ['dialogs', 'chrome', 'host'];

const ASSETS: Record<string, { type: string; content: () => string }> = {
  '/app-bridge.js': { type: 'text/javascript', content: appBridge },
  '/_admin/assets/host.js': {
    type: 'text/javascript',
    content: () =>
      `(() => {\n'use strict';\n${HOST_PARTS.map((name) => read(`host/${name}.js`)).join('\n')}\n})();\n`,
  },
  '/_admin/assets/admin.css': { type: 'text/css', content: () => read('admin.css') },
};

/** The asset at an address, or null. Any origin may load it: the app's document does. */
export function assetAt(pathname: string): HttpAnswer | null {
  const asset = ASSETS[pathname];
  if (!asset) return null;
  return {
    status: 200,
    headers: {
      'content-type': `${asset.type}; charset=utf-8`,
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    },
    body: asset.content(),
  };
}
