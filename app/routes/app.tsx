import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { json } from '@remix-run/node';
import { Link, Outlet, useLoaderData, useRouteError } from '@remix-run/react';
import { NavMenu } from '@shopify/app-bridge-react';
import { AppProvider } from '@shopify/shopify-app-remix/react';
import { boundary } from '@shopify/shopify-app-remix/server';
import { countConflictsOf } from '~/db/pages/conflicts.server';
import { readSiblings } from '~/db/pages/stores.server';
import { adminOrigin, appBridge, authenticate, resources } from '~/shopify.server';
import { formatCount } from '~/ui/formats';
import { useRememberedPlace } from '~/ui/embedded-return';
import { storeAppAddress } from '~/ui/store-address';
import { StoreSwitcher } from '~/ui/store-switcher';

/** Lets only users of a shop's admin in; every page of the app is below this one. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { session } = await authenticate.admin(request);
  const { db, settings, now } = resources;
  const siblings = await readSiblings(db, session.shop);
  return json({
    ...appBridge,
    conflicts: await countConflictsOf(db, session.shop, now()),
    stores: siblings.map(({ name, domain }) => ({
      ...{ name, domain },
      address: storeAppAddress(adminOrigin, domain, settings.clientId),
    })),
  });
}

/** Polaris, App Bridge and the menu around every page of the app. */
export default function App() {
  const { apiKey, scriptUrl, conflicts, stores } = useLoaderData<typeof loader>();
  useRememberedPlace();
  return (
    <AppProvider isEmbeddedApp apiKey={apiKey} __APP_BRIDGE_URL={scriptUrl}>
      <NavMenu>
        <Link to="/app" rel="home">
          Home
        </Link>
        <Link to="/app/products">Products</Link>
        <Link to="/app/edits">Bulk edits</Link>
        <Link to="/app/promotions">Promotions</Link>
        <Link to="/app/prices">Prices</Link>
        <Link to="/app/conflicts">
          {conflicts > 0 ? `Conflicts (${formatCount(conflicts)})` : 'Conflicts'}
        </Link>
        <Link to="/app/runs">Sync runs</Link>
        <Link to="/app/dashboard">Dashboard</Link>
        <Link to="/app/analytics">Analytics</Link>
        <Link to="/app/audit">Audit log</Link>
        <Link to="/app/stock">Shared stock</Link>
        <Link to="/app/cache">Cache</Link>
        <Link to="/app/alerts">Alerts</Link>
        <Link to="/app/import">Import &amp; export</Link>
        <Link to="/app/stores">Stores</Link>
        <Link to="/app/members">People</Link>
        <Link to="/app/settings">Settings</Link>
      </NavMenu>
      <StoreSwitcher stores={stores} />
      <Outlet />
    </AppProvider>
  );
}

/** Shopify's library answers some requests by throwing responses that must reach the browser unchanged. */
export function ErrorBoundary() {
  return boundary.error(useRouteError());
}

export const headers: HeadersFunction = (headersArgs) => boundary.headers(headersArgs);
