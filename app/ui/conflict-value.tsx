import { Button, Text } from '@shopify/polaris';
import { useState } from 'react';
import { shortened } from './text-difference';
import type { TextPart } from './text-difference';

const mark: React.CSSProperties = {
  background: 'var(--p-color-bg-surface-caution-active)',
  color: 'inherit',
  fontWeight: 'var(--p-font-weight-semibold)',
  borderRadius: 'var(--p-border-radius-100)',
  paddingInline: '1px',
};

/** One side of a conflict; what differs from the other side is marked, not by colour alone. */
export function ConflictValue({ parts, label }: { parts: TextPart[]; label: string }) {
  const [isWhole, setWhole] = useState(false);
  const short = shortened(parts);
  const isCut = short !== parts && short.some(({ text }, index) => text !== parts[index]?.text);
  if (parts.every(({ text }) => text === ''))
    return (
      <Text as="span" tone="subdued">
        Empty
      </Text>
    );
  return (
    <span style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
      {(isWhole ? parts : short).map(({ text, differs }, index) =>
        differs ? (
          <mark key={index} style={mark}>
            {text}
          </mark>
        ) : (
          <span key={index}>{text}</span>
        ),
      )}
      {isCut && (
        <div>
          <Button
            variant="plain"
            onClick={() => setWhole(!isWhole)}
            accessibilityLabel={`${isWhole ? 'Show less' : 'Show all'} of ${label}`}
          >
            {isWhole ? 'Show less' : 'Show all'}
          </Button>
        </div>
      )}
    </span>
  );
}
