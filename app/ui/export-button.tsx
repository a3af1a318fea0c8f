import { Banner, BlockStack, Button } from '@shopify/polaris';
import { useFileDownload } from './file-download';

/** Downloads a CSV file of the app. `what` says of which figures, for those who hear only the button. */
export function ExportButton({ path, name, what }: { path: string; name: string; what: string }) {
  const download = useFileDownload(path, `${name}.csv`);
  return (
    <BlockStack gap="200">
      <Button
        onClick={() => void download.start()}
        loading={download.busy}
        accessibilityLabel={`Export CSV: ${what}`}
      >
        Export CSV
      </Button>
      {download.problem !== null && <Banner tone="critical">{download.problem}</Banner>}
    </BlockStack>
  );
}
