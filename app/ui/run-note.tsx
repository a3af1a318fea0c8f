import { Banner, Box } from '@shopify/polaris';
import { counted, formatCount } from './formats';
import type { LiveRun } from './live';

/** One line about the run that is under way, on pages that are about something else. */
export function RunNote({ run }: { run: LiveRun | null }) {
  if (run === null) return null;
  const text =
    run.state === 'running'
      ? `${formatCount(run.productsDone)} of ${counted(run.productsTotal, 'product')} done.`
      : 'It starts in a moment.';
  return (
    <Box paddingBlockEnd="400">
      <Banner
        tone="info"
        title="A sync is under way"
        action={{ content: 'Show it', url: `/app/runs/${run.id}` }}
      >
        {text}
      </Banner>
    </Box>
  );
}
