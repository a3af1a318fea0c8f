import { Banner, BlockStack, Button, Card, DropZone, InlineStack, Text } from '@shopify/polaris';
import { useState } from 'react';
import { formatBytes } from './formats';

/** Larger files are refused: Shopify's own limit is 15 MB. */
export const MAX_CSV_BYTES = 100_000_000;

/** Why a chosen file cannot be imported, and what to do; null where it can. */
export function csvProblem(file: { name: string; size: number }): string | null {
  if (!/\.csv$/i.test(file.name)) return `“${file.name}” is not a CSV file. Choose a file that ends in .csv.`;
  if (file.size === 0) return `“${file.name}” is empty. Choose a file with a header line and products.`;
  if (file.size > MAX_CSV_BYTES)
    return `“${file.name}” has ${formatBytes(file.size)}; at most ${formatBytes(MAX_CSV_BYTES)} are taken. Split it into several files.`;
  return null;
}

/** Chooses a CSV file by hand or by dropping it, and starts its import. */
export function CsvUpload(props: {
  uploading: boolean;
  problem: string | null;
  onUpload: (file: File) => void;
}) {
  const { uploading, onUpload } = props;
  const [file, setFile] = useState<File | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const problem = refused ?? props.problem;
  const choose = (files: File[]) => {
    const first = files[0];
    if (first === undefined) return;
    const wrong = csvProblem(first);
    setRefused(wrong);
    setFile(wrong === null ? first : null);
  };
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Import products
        </Text>
        <Text as="p">
          Take a product CSV file as Shopify exports it. A blank cell keeps what your catalog has,{' '}
          <code>__CLEAR__</code> empties it. Rows that cannot be read are listed with the reason; all others
          are taken.
        </Text>
        {problem !== null && <Banner tone="critical">{problem}</Banner>}
        <DropZone
          label="Product CSV file"
          labelHidden
          accept=".csv,text/csv"
          type="file"
          allowMultiple={false}
          disabled={uploading}
          onDrop={choose}
        >
          {file === null ? (
            <DropZone.FileUpload
              actionTitle="Choose a CSV file"
              actionHint={`or drop it here, up to ${formatBytes(MAX_CSV_BYTES)}`}
            />
          ) : (
            <div style={{ padding: 'var(--p-space-600)', textAlign: 'center' }}>
              <Text as="p" fontWeight="semibold" breakWord>
                {file.name}
              </Text>
              <Text as="p" tone="subdued">
                {formatBytes(file.size)} · choose again to replace it
              </Text>
            </div>
          )}
        </DropZone>
        <InlineStack align="end" gap="200">
          {file !== null && !uploading && <Button onClick={() => setFile(null)}>Remove</Button>}
          <Button
            variant="primary"
            disabled={file === null}
            loading={uploading}
            onClick={() => {
              if (file !== null) onUpload(file);
            }}
          >
            Import
          </Button>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}
