import { Banner } from '@shopify/polaris';
import type { DatabaseKind } from '~/core/database-kind';
import { LOG_TITLES, slotWarning } from './source-words';

export interface SourceTroubleView {
  kind: DatabaseKind;
  problem: { reason: string; remedy: string } | null;
  lagBytes: number | null;
  slotState: string | null;
}

/** On Home: the merchant's own database needs somebody. */
export function SourceTroubleBanner({ trouble }: { trouble: SourceTroubleView }) {
  const warning = slotWarning(trouble.kind, trouble.lagBytes, trouble.slotState);
  const words =
    trouble.problem ?? (warning === null ? null : { reason: LOG_TITLES[trouble.kind], remedy: warning });
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
