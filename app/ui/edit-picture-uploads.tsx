import {
  BlockStack,
  Box,
  Button,
  DropZone,
  InlineError,
  InlineStack,
  ProgressBar,
  Text,
} from '@shopify/polaris';
import { formatBytes } from './formats';
import { uploadsUnderWay } from './picture-uploads';
import type { PictureUpload } from './picture-uploads';

const STATE_WORDS: Record<PictureUpload['state'], string> = {
  waiting: 'Waiting',
  sending: 'Uploading',
  processing: 'Shopify is processing it',
  ready: 'Ready',
  failed: 'Not uploaded',
};

/** What of the bar is done: sending is most of it, processing the rest. */
const done = ({ state, sent }: PictureUpload) =>
  state === 'processing' ? 90 : state === 'ready' ? 100 : Math.round(sent * 85);

/** Where files are dropped or chosen, and what is on its way; what is ready stands among the pictures. */
export function EditPictureUploads(props: {
  /** Of the control that chooses files. */
  id: string;
  uploads: readonly PictureUpload[];
  problem: string | undefined;
  isFull: boolean;
  onFiles: (files: File[]) => void;
  onRetry: (key: string) => void;
  onRemove: (key: string) => void;
}) {
  const { id, uploads, problem, isFull, onFiles, onRetry, onRemove } = props;
  const shown = uploads.filter(({ isTaken }) => !isTaken);
  return (
    <BlockStack gap="300">
      <div role="group" aria-label="Upload pictures">
        <DropZone
          id={id}
          label="Upload pictures"
          accept="image/*,.heic,.heif"
          type="image"
          allowMultiple
          variableHeight
          disabled={isFull}
          // What is taken is for the bytes to say; our own words tell why a file is not.
          customValidator={() => true}
          onDrop={(files) => onFiles(files)}
        >
          <DropZone.FileUpload
            actionTitle="Choose pictures"
            actionHint="or drop them here: JPEG, PNG, GIF, WebP or HEIC, up to 20 MB each"
          />
        </DropZone>
      </div>
      {problem !== undefined && <InlineError message={problem} fieldID={id} />}
      {shown.length > 0 && (
        <ul aria-label="Uploads" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {shown.map((upload) => (
            <li key={upload.key}>
              <Upload upload={upload} onRetry={onRetry} onRemove={onRemove} />
            </li>
          ))}
        </ul>
      )}
      <div role="status" aria-live="polite">
        <Text as="p" visuallyHidden>
          {summary(uploads)}
        </Text>
      </div>
    </BlockStack>
  );
}

/** For those who hear the page: said when it changes. */
function summary(uploads: readonly PictureUpload[]): string {
  if (uploads.length === 0) return '';
  const waiting = uploadsUnderWay(uploads);
  const ready = uploads.filter(({ state }) => state === 'ready').length;
  const failed = uploads.filter(({ state }) => state === 'failed').length;
  const parts = [`${ready} of ${uploads.length} pictures ready`];
  if (waiting > 0) parts.push(`${waiting} on the way`);
  if (failed > 0) parts.push(`${failed} not uploaded`);
  return `${parts.join(', ')}.`;
}

function Upload(props: {
  upload: PictureUpload;
  onRetry: (key: string) => void;
  onRemove: (key: string) => void;
}) {
  const { upload, onRetry, onRemove } = props;
  const { key, name, bytes, state, problem, canRetry } = upload;
  return (
    <Box paddingBlock="200">
      <BlockStack gap="150">
        <InlineStack align="space-between" blockAlign="center" gap="200" wrap={false}>
          <Box minWidth="0">
            <Text as="p" id={`${key}-name`} breakWord>
              {name}{' '}
              <Text as="span" tone="subdued">
                {`${formatBytes(bytes)} · ${STATE_WORDS[state]}`}
              </Text>
            </Text>
          </Box>
          <InlineStack gap="100" wrap={false}>
            {state === 'failed' && canRetry && (
              <Button size="slim" accessibilityLabel={`Try ${name} again`} onClick={() => onRetry(key)}>
                Try again
              </Button>
            )}
            <Button
              variant="tertiary"
              size="slim"
              accessibilityLabel={`Remove ${name}`}
              onClick={() => onRemove(key)}
            >
              Remove
            </Button>
          </InlineStack>
        </InlineStack>
        {state === 'failed' ? (
          <InlineError message={problem ?? ''} fieldID={key} />
        ) : (
          <ProgressBar size="small" tone="primary" progress={done(upload)} ariaLabelledBy={`${key}-name`} />
        )}
      </BlockStack>
    </Box>
  );
}
