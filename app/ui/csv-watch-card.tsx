import { useFetcher } from '@remix-run/react';
import {
  Banner,
  BlockStack,
  Button,
  Card,
  InlineStack,
  Link,
  Select,
  Text,
  TextField,
} from '@shopify/polaris';
import { useState } from 'react';
import type { ActionAnswer } from './action-answer';
import { useAnswerToast } from './action-answer';
import { formatInstant } from './formats';

const EVERY = [
  { value: '5', label: 'Every 5 minutes' },
  { value: '15', label: 'Every 15 minutes' },
  { value: '60', label: 'Every hour' },
  { value: '360', label: 'Every 6 hours' },
  { value: '1440', label: 'Every day' },
];
const HOURLY = '60';

interface Watch {
  shownUrl: string;
  everyMinutes: number;
  lookedAt: string | null;
  nextAt: string;
  problem: string | null;
  importId: string | null;
}

/** A product CSV at an address, which is imported again whenever it has changed. */
export function CsvWatchCard({ watch, timeZone }: { watch: Watch | null; timeZone: string }) {
  const [isChanging, setChanging] = useState(false);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Import from an address
        </Text>
        {watch === null || isChanging ? (
          <WatchForm onDone={() => setChanging(false)} onCancel={watch && (() => setChanging(false))} />
        ) : (
          <Watched watch={watch} timeZone={timeZone} onChange={() => setChanging(true)} />
        )}
      </BlockStack>
    </Card>
  );
}

function WatchForm(props: { onDone: () => void; onCancel: (() => void) | null }) {
  const { onDone, onCancel } = props;
  const fetcher = useFetcher<ActionAnswer>();
  const [url, setUrl] = useState('');
  const [every, setEvery] = useState(HOURLY);
  useAnswerToast(fetcher.data?.ok === true ? fetcher.data : undefined, onDone);
  return (
    <BlockStack gap="300">
      <Text as="p">
        Where your system leaves a product CSV on a web server, it is looked at on time and imported whenever
        it has changed.
      </Text>
      <TextField
        label="Address of the file"
        type="url"
        value={url}
        onChange={setUrl}
        autoComplete="off"
        placeholder="https://"
        {...(fetcher.data?.ok === false ? { error: fetcher.data.message } : {})}
      />
      <Select label="How often" options={EVERY} value={every} onChange={setEvery} />
      <InlineStack gap="200">
        <Button
          variant="primary"
          disabled={url.trim() === ''}
          loading={fetcher.state !== 'idle'}
          onClick={() =>
            fetcher.submit({ watch: 'save', url: url.trim(), everyMinutes: every }, { method: 'post' })
          }
        >
          Watch this file
        </Button>
        {onCancel !== null && <Button onClick={onCancel}>Keep the former one</Button>}
      </InlineStack>
    </BlockStack>
  );
}

function Watched(props: { watch: Watch; timeZone: string; onChange: () => void }) {
  const { watch, timeZone, onChange } = props;
  const fetcher = useFetcher<ActionAnswer>();
  useAnswerToast(fetcher.data);
  const often = EVERY.find(({ value }) => value === String(watch.everyMinutes))?.label ?? '';
  const isAsking = (what: string) => fetcher.state !== 'idle' && fetcher.formData?.get('watch') === what;
  return (
    <BlockStack gap="300">
      {watch.problem !== null && (
        <Banner tone="warning" title="The file could not be taken">
          <p>{watch.problem}</p>
        </Banner>
      )}
      <BlockStack gap="100">
        <Text as="p" breakWord fontWeight="semibold">
          {watch.shownUrl}
        </Text>
        <Text as="p" tone="subdued">
          {watch.lookedAt === null
            ? `${often} · not looked at yet`
            : `${often} · last looked at ${formatInstant(watch.lookedAt, timeZone)} · next ${formatInstant(watch.nextAt, timeZone)}`}
        </Text>
        {watch.importId !== null && (
          <Link url={`/app/import?id=${watch.importId}`} removeUnderline>
            Its last import
          </Link>
        )}
      </BlockStack>
      <InlineStack gap="200">
        <Button
          loading={isAsking('now')}
          onClick={() => fetcher.submit({ watch: 'now' }, { method: 'post' })}
        >
          Look now
        </Button>
        <Button onClick={onChange}>Change</Button>
        <Button
          tone="critical"
          variant="tertiary"
          loading={isAsking('stop')}
          onClick={() => fetcher.submit({ watch: 'stop' }, { method: 'post' })}
        >
          Stop watching
        </Button>
      </InlineStack>
    </BlockStack>
  );
}
