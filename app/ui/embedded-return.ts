/**
 * The way back into the app for a document that is loaded again inside the admin's frame (a reload, a new build): its
 * address no longer names the shop, so the server can only send it to the login page. What the first document was told
 * is kept for the life of the frame.
 */
import { useLocation } from '@remix-run/react';
import { useEffect } from 'react';

const KEY = 'lockstep:embedded';

interface Opened {
  shop: string;
  host: string;
  /** Where the user is in the app: path and search. */
  path: string;
}

/** The frame's storage; null where the browser keeps none for frames. */
function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

function readOpened(kept: string | null): Opened | null {
  if (kept === null) return null;
  const { shop, host, path } = Object.fromEntries(new URLSearchParams(kept));
  return shop && host && path?.startsWith('/') ? { shop, host, path } : null;
}

/** Notes where the user is, at each change of the address. */
export function useRememberedPlace(): void {
  const { pathname, search } = useLocation();
  useEffect(() => {
    const kept = storage();
    const given = new URLSearchParams(search);
    const known = readOpened(kept?.getItem(KEY) ?? null);
    const shop = given.get('shop') ?? known?.shop;
    const host = given.get('host') ?? known?.host;
    if (!kept || !shop || !host) return;
    for (const name of ['shop', 'host', 'id_token', 'hmac', 'session', 'timestamp', 'embedded', 'locale'])
      given.delete(name);
    const path = given.size > 0 ? `${pathname}?${given}` : pathname;
    kept.setItem(KEY, new URLSearchParams({ shop, host, path }).toString());
  }, [pathname, search]);
}

/** On the login page: goes back to where the user was, if this is the admin's frame and it was in the app before. */
export function useReturnToApp(): void {
  useEffect(() => {
    if (window.parent === window) return;
    const opened = readOpened(storage()?.getItem(KEY) ?? null);
    if (!opened) return;
    const target = new URL(opened.path, window.location.origin);
    if (target.origin !== window.location.origin) return;
    for (const [name, value] of Object.entries({ shop: opened.shop, host: opened.host, embedded: '1' }))
      target.searchParams.set(name, value);
    window.location.replace(target);
  }, []);
}
