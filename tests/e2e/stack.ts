/** The whole product for a browser test: database, emulator, web process, a browser, and a worker where asked for. */
import { chromium } from 'playwright-core';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { inject } from 'vitest';
import type { Emulator } from '../../emulator/server';
import { freePort, spawnApp } from '../support/app';
import type { RunningApp } from '../support/app';
import { createTestDatabase } from '../support/database';
import type { TestDatabase } from '../support/database';
import { startTestEmulator } from '../support/emulator';
import { testEnvironment } from '../support/environment';
import type { TestEnvironment } from '../support/environment';
import { spawnWorker } from '../support/worker';

export const DOMAIN = 'lockstep-demo.myshopify.com';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Shopify's library answers 410 to robots, and takes a headless browser for one. */
export const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

export interface Stack {
  database: TestDatabase;
  emulator: Emulator;
  app: RunningApp;
  browser: Browser;
  /** A page of a size of its own; errors of its scripts are collected in `errors`. */
  openPage(size: { width: number; height: number }): Promise<{ page: Page; errors: string[] }>;
  /** Address of a page of the app inside the store's admin. */
  addressOf(path: string): string;
  /** For stacks that were started without one. */
  startWorker(): Promise<void>;
  /** Of the app. */
  env: TestEnvironment;
  stop(): Promise<void>;
}

export async function startStack(options: {
  worker: boolean;
  plan?: 'standard' | 'plus';
  /** Further variables of app and worker. */
  env?: Record<string, string>;
  /** Puts something in front of the app on this port; answers where browsers find it then. */
  inFront?: (port: number) => Promise<{ origin: string; close(): Promise<void> }>;
}): Promise<Stack> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.reverse()) await close();
  };
  try {
    const port = await freePort();
    const front = await options.inFront?.(port);
    if (front) closing.push(() => front.close());
    const appUrl = front?.origin ?? `http://127.0.0.1:${port}`;
    const database = await createTestDatabase();
    closing.push(() => database.drop());
    const emulator = await startTestEmulator({
      appUrl,
      shops: [
        {
          domain: DOMAIN,
          name: 'Lockstep Demo',
          plan: options.plan ?? 'standard',
          currencyCode: 'EUR',
          timezone: 'Europe/Berlin',
          locations: ['Warehouse'],
        },
      ],
    });
    closing.push(() => emulator.close());
    const env = {
      ...testEnvironment({ databaseUrl: database.url, emulatorOrigin: emulator.origin, appUrl }),
      ...options.env,
    };
    const app = await spawnApp(env, port, appUrl);
    closing.push(() => app.stop());
    const startWorker = async () => {
      const worker = await spawnWorker(env);
      closing.push(() => worker.stop());
    };
    if (options.worker) await startWorker();
    const browser = await chromium.launch({ executablePath: inject('chromiumPath'), args: FLAGS });
    closing.push(() => browser.close());
    return {
      database,
      emulator,
      app,
      browser,
      env,
      stop,
      startWorker,
      addressOf: (path) => `${emulator.origin}/store/lockstep-demo/apps/lockstep${path}`,
      openPage: async (viewport) => {
        const context = await browser.newContext({ viewport, userAgent: USER_AGENT, acceptDownloads: true });
        const page = await context.newPage();
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(error.message));
        return { page, errors };
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is inside the admin's frame: the app. */
export function appFrame(page: Page): FrameLocator {
  return page.frameLocator('#app-frame');
}

/**
 * Waits until the scripts of the app's page run: a click before that reaches nobody. Not until the network is quiet: pages
 * listen to a stream and ask for news again and again.
 */
async function untilItRuns(page: Page): Promise<void> {
  const heading = appFrame(page).getByRole('heading', { level: 1 }).first();
  await heading.waitFor();
  await heading.evaluate(async (element) => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // React leaves its mark on what it has taken over; effects run within the frames after.
    while (!Object.keys(element).some((key) => key.startsWith('__react'))) await nextFrame();
    await nextFrame();
    await nextFrame();
  });
}

/** Opens a page of the app in the admin, and waits until its scripts run. */
export async function openAppPage(stack: Stack, page: Page, path: string): Promise<void> {
  await page.goto(stack.addressOf(path));
  await untilItRuns(page);
}

/** Opens the app in the admin, which asks to install it, and says yes. */
export async function installApp(stack: Stack, page: Page): Promise<void> {
  await page.goto(stack.addressOf(''));
  await page.getByRole('button', { name: 'Install' }).click();
  await appFrame(page).getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await untilItRuns(page);
}
