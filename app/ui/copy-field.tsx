import { useAppBridge } from '@shopify/app-bridge-react';
import { Button, TextField } from '@shopify/polaris';

/** A text that is there to be copied. */
export function CopyField(props: { label: string; value: string; helpText?: string; monospaced?: boolean }) {
  const { label, value, helpText, monospaced = false } = props;
  const shopify = useAppBridge();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      shopify.toast.show('Copied');
    } catch {
      // A browser may keep the clipboard from a framed page.
      shopify.toast.show('Your browser does not allow copying here: select the text and copy it', {
        isError: true,
      });
    }
  };
  return (
    <TextField
      label={label}
      value={value}
      readOnly
      selectTextOnFocus
      monospaced={monospaced}
      autoComplete="off"
      connectedRight={<Button onClick={() => void copy()}>Copy</Button>}
      {...(helpText === undefined ? {} : { helpText })}
    />
  );
}
