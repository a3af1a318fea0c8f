import { BlockStack, Box, Button, Checkbox, InlineStack, Popover, Text } from '@shopify/polaris';
import { KeyboardIcon } from '@shopify/polaris-icons';
import { INBOX_KEYS } from './inbox-shortcuts';

const SIGNS: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑' };
const NAMES: Record<string, string> = { ArrowDown: 'arrow down', ArrowUp: 'arrow up', '?': 'question mark' };

const keyCap: React.CSSProperties = {
  border: '1px solid var(--p-color-border)',
  borderRadius: 'var(--p-border-radius-100)',
  padding: '0 var(--p-space-150)',
  fontFamily: 'var(--p-font-family-mono)',
};

/** The keys of the inbox, and the switch that turns them off. */
export function ShortcutsHelp(props: {
  isOpen: boolean;
  onToggle: (open: boolean) => void;
  isOn: boolean;
  onSwitch: (on: boolean) => void;
}) {
  return (
    <Popover
      active={props.isOpen}
      onClose={() => props.onToggle(false)}
      activator={
        <Button
          icon={KeyboardIcon}
          onClick={() => props.onToggle(!props.isOpen)}
          disclosure={props.isOpen ? 'up' : 'down'}
        >
          Keyboard shortcuts
        </Button>
      }
    >
      <Box padding="400" minWidth="280px">
        <BlockStack gap="300">
          <Text as="h2" variant="headingSm">
            Keyboard shortcuts
          </Text>
          <BlockStack gap="200">
            {INBOX_KEYS.map(({ keys, label }) => (
              <InlineStack key={label} align="space-between" gap="400" wrap={false}>
                <Text as="span">{label}</Text>
                <InlineStack gap="100" wrap={false}>
                  {keys.map((key) => (
                    <kbd key={key} style={keyCap}>
                      <span aria-hidden="true">{SIGNS[key] ?? key}</span>
                      <span className="Polaris-Text--visuallyHidden">{NAMES[key] ?? key}</span>
                    </kbd>
                  ))}
                </InlineStack>
              </InlineStack>
            ))}
          </BlockStack>
          <Checkbox label="Use these shortcuts" checked={props.isOn} onChange={props.onSwitch} />
        </BlockStack>
      </Box>
    </Popover>
  );
}
