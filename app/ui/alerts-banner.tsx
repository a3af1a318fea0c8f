import { Banner } from '@shopify/polaris';
import { RULE_FACTS } from '~/core/alert-rules';
import type { EpisodeView } from './alert-episodes';
import { counted } from './formats';

/** On Home: what fires. */
export function AlertsBanner({ firing }: { firing: EpisodeView[] }) {
  const [first] = firing;
  if (first === undefined) return null;
  const isCritical = firing.some(({ severity }) => severity === 'critical');
  const titles = firing.map(({ rule }) => RULE_FACTS[rule].title);
  return (
    <Banner
      tone={isCritical ? 'critical' : 'warning'}
      title={firing.length === 1 ? RULE_FACTS[first.rule].title : `${counted(firing.length, 'alert')} firing`}
      action={{ content: 'Look at the alerts', url: '/app/alerts' }}
    >
      <p>{firing.length === 1 ? first.detail : `${titles.join('. ')}.`}</p>
    </Banner>
  );
}
