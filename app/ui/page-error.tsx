import { isRouteErrorResponse, useRouteError } from '@remix-run/react';
import { Banner, Page, Text } from '@shopify/polaris';

/** What is shown instead of a page that could not be made: what happened and what to do next. */
export function PageError() {
  const error = useRouteError();
  const { title, text, isGone } = explain(error);
  return (
    <main>
      <Page title={title}>
        <Banner
          tone="critical"
          title={title}
          action={
            isGone
              ? { content: 'Go to Home', url: '/app' }
              : { content: 'Try again', onAction: () => location.reload() }
          }
        >
          <Text as="p">{text}</Text>
        </Banner>
      </Page>
    </main>
  );
}

function explain(error: unknown): { title: string; text: string; isGone: boolean } {
  if (isRouteErrorResponse(error)) {
    const said =
      typeof error.data === 'string' && error.data !== '' && error.data.length < 300 ? error.data : null;
    if (error.status === 404)
      return {
        title: 'Not found',
        text: said ?? 'This page does not exist, or what it showed was removed.',
        isGone: true,
      };
    if (error.status < 500 && said !== null) return { title: 'That did not work', text: said, isGone: false };
  }
  return {
    title: 'This page could not be shown',
    text:
      'Something went wrong on our side. What is already recorded stays. Try again in a moment; ' +
      'if it stays, the log of the app says why.',
    isGone: false,
  };
}
