import { useLocation, useNavigation } from '@remix-run/react';
import { TitleBar, useAppBridge } from '@shopify/app-bridge-react';
import {
  BlockStack,
  Box,
  Card,
  Page,
  SkeletonBodyText,
  SkeletonDisplayText,
  SkeletonPage,
} from '@shopify/polaris';
import type { PageProps } from '@shopify/polaris';
import { useEffect, useState } from 'react';

/** A page that opens within this time shows no skeleton: it would only flicker. */
const PATIENCE_MS = 250;

/** True once another page has been opening for longer than a moment. */
function useOpeningAnotherPage(): boolean {
  const navigation = useNavigation();
  const { pathname } = useLocation();
  const target = navigation.state === 'loading' ? navigation.location.pathname : pathname;
  const opening = target !== pathname;
  const [slow, setSlow] = useState<string | null>(null);
  useEffect(() => {
    if (!opening) return;
    const timer = setTimeout(() => setSlow(target), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setSlow(null);
    };
  }, [opening, target]);
  return opening && slow === target;
}

/** The admin's own loading bar follows everything that is being loaded or saved. */
function useAdminLoadingBar(): void {
  const shopify = useAppBridge();
  const busy = useNavigation().state !== 'idle';
  useEffect(() => {
    shopify.loading(busy);
  }, [shopify, busy]);
}

/** Frame of every page: title in the admin and here, a skeleton while another page opens slowly. */
export function PageFrame({ title, children, ...page }: PageProps & { title: string }) {
  const opening = useOpeningAnotherPage();
  useAdminLoadingBar();
  if (opening) return <OpeningPage />;
  return (
    <main>
      <TitleBar title={title} />
      <Page title={title} {...page}>
        <Box paddingBlockEnd="800">{children}</Box>
      </Page>
    </main>
  );
}

function OpeningPage() {
  return (
    <div role="status" aria-label="Loading">
      <SkeletonPage primaryAction>
        <BlockStack gap="400">
          <Card>
            <BlockStack gap="400">
              <SkeletonDisplayText size="small" />
              <SkeletonBodyText lines={4} />
            </BlockStack>
          </Card>
          <Card>
            <SkeletonBodyText lines={8} />
          </Card>
        </BlockStack>
      </SkeletonPage>
    </div>
  );
}
