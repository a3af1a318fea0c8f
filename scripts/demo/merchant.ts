/** What a merchant does in the browser, over the same addresses: install the app, import a file, press "Sync now". */
import { z } from 'zod';

export interface Merchant {
  /** Grants the scopes and opens the app once: the app trades the session token for its access token. */
  install(): Promise<void>;
  /** Uploads a product CSV; gives the id of the import. */
  importFile(filename: string, content: Uint8Array<ArrayBuffer>): Promise<string>;
  startSync(): Promise<void>;
}

/** Shopify's library turns away what does not look like a browser. */
const BROWSER =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

const tokenAnswer = z.object({ token: z.string() });
const actionAnswer = z.object({ ok: z.boolean(), message: z.string(), importId: z.string().optional() });

/** A merchant of one emulated store; `handle` is "lockstep-demo" of lockstep-demo.myshopify.com. */
export function merchantOf(options: {
  emulator: string;
  app: string;
  handle: string;
  appHandle: string;
}): Merchant {
  const store = `${options.emulator}/store/${options.handle}`;

  const sessionToken = async () => {
    const response = await fetch(`${store}/_app/session-token`, { method: 'POST' });
    if (!response.ok)
      throw new Error(`The emulator gives no session token: ${response.status} ${await response.text()}`);
    return tokenAnswer.parse(await response.json()).token;
  };

  /** Submits a form of the app as App Bridge's fetch does. */
  const submit = async (path: string, route: string, form: FormData) => {
    const address = new URL(path, options.app);
    address.searchParams.set('_data', route);
    const response = await fetch(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${await sessionToken()}`, 'user-agent': BROWSER },
      body: form,
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`The app answered ${response.status} to ${path}: ${text.slice(0, 500)}`);
    const answer = actionAnswer.parse(JSON.parse(text));
    if (!answer.ok) throw new Error(answer.message);
    return answer;
  };

  return {
    install: async () => {
      const granted = await fetch(`${store}/install`, { method: 'POST', redirect: 'manual' });
      if (granted.status !== 303) throw new Error(`The store did not install the app: ${granted.status}`);
      const page = await (await fetch(`${store}/apps/${options.appHandle}`)).text();
      const address = /data-src="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&');
      if (address === undefined) throw new Error('The admin page of the app has no frame.');
      const opened = await fetch(address, { headers: { 'user-agent': BROWSER } });
      if (!opened.ok)
        throw new Error(`The app did not open: ${opened.status} ${(await opened.text()).slice(0, 500)}`);
    },
    importFile: async (filename, content) => {
      const form = new FormData();
      form.set('file', new File([content], filename, { type: 'text/csv' }));
      const { importId } = await submit('/app/import', 'routes/app.import', form);
      if (importId === undefined) throw new Error('The app did not say which import it started.');
      return importId;
    },
    startSync: async () => {
      const form = new FormData();
      form.set('intent', 'sync');
      await submit('/app?index', 'routes/app._index', form);
    },
  };
}
