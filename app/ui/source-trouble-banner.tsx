import { Banner } from '@shopify/polaris';
import { slotWarning } from './source-words';

export interface SourceTroubleView {
  problem: { reason: string; remedy: string } | null;
  lagBytes: number | null;
  slotState: string | null;
}

/** On Home: the merchant's own database needs somebody. */
export function SourceTroubleBanner({ trouble }: { trouble: SourceTroubleView }) {
  const warning = slotWarning(trouble.lagBytes, trouble.slotState);
  const words =
    trouble.problem ??
    (warning === null ? null : { reason: 'The log of your database grows', remedy: warning });
  if (words === null) return null;
  return (
    <Banner
      tone="warning"
      title={words.reason}
      action={{ content: 'Look at the source', url: '/app/source' }}
    >
      <p>{words.remedy}</p>
    </Banner>
  );
}
