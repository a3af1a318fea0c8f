import { Text } from '@shopify/polaris';

/** A value as text; what is long is cut short and opens to the whole. */
export function LongValue({ text, long = 180 }: { text: string | null; long?: number }) {
  if (text === null || text === '')
    return (
      <Text as="span" tone="subdued">
        <span aria-hidden="true">–</span>
        <span className="Polaris-Text--visuallyHidden">empty</span>
      </Text>
    );
  if (text.length <= long)
    return (
      <Text as="span" breakWord>
        {text}
      </Text>
    );
  return (
    <details>
      <summary style={{ overflowWrap: 'anywhere' }}>{`${text.slice(0, long)}…`}</summary>
      <Text as="span" breakWord>
        {text}
      </Text>
    </details>
  );
}
