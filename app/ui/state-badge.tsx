import { Badge } from '@shopify/polaris';
import type { StateWords } from './state-words';

/** A state as a badge; its words and sign say what its colour says. */
export function StateBadge({ words }: { words: StateWords }) {
  const { label, tone, progress } = words;
  return (
    <Badge {...(tone === undefined ? {} : { tone })} {...(progress === undefined ? {} : { progress })}>
      {label}
    </Badge>
  );
}
