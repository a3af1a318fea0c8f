import { useAppBridge } from '@shopify/app-bridge-react';
import { Badge, BlockStack, Box, Button, InlineStack, Text, Thumbnail } from '@shopify/polaris';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { NewPicture } from '~/core/bulk-edit';
import { NO_PICTURE } from './edit-change-form';
import { controlId, TextControl } from './edit-controls';
import type { ChangeFieldsProps } from './edit-controls';
import { EditPictureUploads } from './edit-picture-uploads';
import { PictureUploads, uploadsUnderWay } from './picture-uploads';
import type { PictureUpload } from './picture-uploads';

/** Shopify's own limit is higher; a longer list is made by the API. */
const MOST_PICTURES = 20;
const NONE: readonly PictureUpload[] = [];

const isTyped = ({ url, alt }: NewPicture) => url.trim() !== '' || alt !== '';

/** The pictures of the edit, with those that were uploaded at the end, in the order in which they were chosen. */
function withUploads(pictures: readonly NewPicture[], ready: readonly PictureUpload[]): NewPicture[] {
  const kept = pictures.filter(isTyped);
  const added = ready.flatMap(({ url }) =>
    url === null || kept.some((one) => one.url === url) ? [] : [{ ...NO_PICTURE, url }],
  );
  const unique = added.filter(({ url }, at) => added.findIndex((one) => one.url === url) === at);
  return [...kept, ...unique];
}

/** Which pictures an edit puts on the products: by upload, or by address. */
export function EditPictures({ form, onChange, problemOf, name }: ChangeFieldsProps) {
  const shopify = useAppBridge();
  const [files] = useState(() => new PictureUploads(() => shopify.idToken()));
  const uploads = useSyncExternalStore(files.subscribe, files.list, () => NONE);
  const { pictures } = form;
  const underWay = uploadsUnderWay(uploads);

  useEffect(() => {
    // All of them at once: they keep their order, whichever is ready first.
    const ready = underWay > 0 ? [] : uploads.filter(({ state, isTaken }) => state === 'ready' && !isTaken);
    if (ready.length === 0 && form.uploads === underWay) return;
    onChange({ uploads: underWay, ...(ready.length > 0 && { pictures: withUploads(pictures, ready) }) });
    if (ready.length > 0) files.take(ready.map(({ key }) => key));
  }, [uploads, underWay, pictures, form.uploads, files, onChange]);

  const set = (at: number, part: Partial<NewPicture>) =>
    onChange({ pictures: pictures.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  const remove = (at: number) => {
    const rest = pictures.filter((_, index) => index !== at);
    onChange({ pictures: rest.length > 0 ? rest : [NO_PICTURE] });
  };
  const room = MOST_PICTURES - pictures.filter(isTyped).length - underWay;
  const addFiles = (chosen: File[]) => {
    files.add(chosen.slice(0, Math.max(0, room)));
    for (const file of chosen.slice(Math.max(0, room)))
      files.refuse(
        file,
        `An edit made here takes ${MOST_PICTURES} pictures. Make another edit, or use the API.`,
      );
  };
  return (
    <BlockStack gap="400">
      <EditPictureUploads
        id={controlId(name('uploads'))}
        uploads={uploads}
        problem={problemOf(name('uploads'))}
        isFull={room <= 0}
        onFiles={addFiles}
        onRetry={(key) => files.retry(key)}
        onRemove={(key) => files.remove(key)}
      />
      {pictures.map((picture, at) => (
        <Box
          key={at}
          {...(at > 0 && { borderBlockStartWidth: '025', borderColor: 'border', paddingBlockStart: '300' })}
        >
          <BlockStack gap="200">
            <Address
              picture={picture}
              upload={uploads.find(({ url, isTaken }) => isTaken && url === picture.url) ?? null}
              label={pictures.length === 1 ? 'Address of the picture' : `Address of picture ${at + 1}`}
              control={name(`pictures.${at}`)}
              problemOf={problemOf}
              onChange={(url) => set(at, { url })}
            />
            <TextControl
              control={name(`pictures.${at}.alt`)}
              problemOf={problemOf}
              label={pictures.length === 1 ? 'Alternative text' : `Alternative text of picture ${at + 1}`}
              value={picture.alt}
              onChange={(alt) => set(at, { alt })}
            />
            {(pictures.length > 1 || picture.url !== '') && (
              <InlineStack align="end">
                <Button
                  variant="tertiary"
                  tone="critical"
                  accessibilityLabel={`Remove picture ${at + 1}`}
                  onClick={() => remove(at)}
                >
                  Remove
                </Button>
              </InlineStack>
            )}
          </BlockStack>
        </Box>
      ))}
      <InlineStack>
        <Button
          disabled={pictures.length >= MOST_PICTURES}
          onClick={() => onChange({ pictures: [...pictures, NO_PICTURE] })}
        >
          {pictures.some(isTyped) ? 'Add another picture by its address' : 'Add another picture'}
        </Button>
      </InlineStack>
    </BlockStack>
  );
}

/** What an uploaded picture is called; of others the address, to be typed. */
function Address(props: {
  picture: NewPicture;
  upload: PictureUpload | null;
  label: string;
  control: string;
  problemOf: ChangeFieldsProps['problemOf'];
  onChange: (url: string) => void;
}) {
  const { picture, upload, label, control, problemOf, onChange } = props;
  if (upload === null)
    return (
      <TextControl
        control={control}
        problemOf={problemOf}
        label={label}
        inputMode="url"
        placeholder="https://"
        value={picture.url}
        onChange={onChange}
      />
    );
  return (
    <InlineStack gap="300" blockAlign="center" wrap={false}>
      <Thumbnail source={picture.url} alt="" size="small" />
      <Box minWidth="0">
        <BlockStack gap="100">
          <Text as="p" fontWeight="semibold" breakWord>
            {upload.name}
          </Text>
          <InlineStack>
            <Badge tone={upload.isKnown ? 'info' : 'success'}>
              {upload.isKnown ? 'Already in your store' : 'Uploaded'}
            </Badge>
          </InlineStack>
        </BlockStack>
      </Box>
    </InlineStack>
  );
}
