import { useFetcher, useNavigate } from '@remix-run/react';
import { BlockStack, Button, Card, InlineStack, Select, Text } from '@shopify/polaris';
import { useEffect, useState } from 'react';
import type { DatabaseKind } from '~/core/database-kind';
import { suggestMapping } from '~/core/suggest-mapping';
import type { Relation, RelationDescription, SourceMapping } from '~/core/source-mapping';
import { useAnswerToast } from './action-answer';
import type { ActionAnswer } from './action-answer';
import { SourceCheckResult } from './source-check-card';
import type { CheckedForm } from './source-check-card';
import { SourceMappingCard, tidyMapping } from './source-mapping-card';
import type { SourceTermsForm } from './source-mapping-card';

/** What the page's action answers. */
export type SourceAnswer = ActionAnswer & {
  checked?: CheckedForm;
  problem?: { reason: string; remedy: string };
  next?: 'map' | 'status';
};

/** Table, columns, check, start. */
export function SourceMappingForm(props: {
  kind: DatabaseKind;
  relations: (Relation & { kind: 'table' | 'view' })[];
  chosen: RelationDescription | null;
  saved: SourceMapping | null;
  terms: SourceTermsForm;
  isRunning: boolean;
}) {
  const { relations, chosen, saved, isRunning } = props;
  const navigate = useNavigate();
  const fetcher = useFetcher<SourceAnswer>();
  const isSaved =
    saved !== null && chosen?.name === saved.relation.name && chosen.schema === saved.relation.schema;
  const [mapping, setMapping] = useState(() =>
    chosen === null ? null : isSaved ? saved : suggestMapping(chosen),
  );
  const [terms, setTerms] = useState(props.terms);
  useAnswerToast(fetcher.data?.ok === false || fetcher.data?.next !== undefined ? fetcher.data : null);
  const next = fetcher.data?.next;
  useEffect(() => {
    if (next === 'status') navigate('/app/source', { replace: true });
  }, [next, navigate]);
  const send = (what: 'check' | 'save') => {
    if (mapping === null) return;
    const plain: { mapping: SourceMapping; terms: SourceTermsForm } = {
      mapping: tidyMapping(mapping),
      terms,
    };
    // As text and back: types of the form are richer than what JSON is known to take.
    fetcher.submit(JSON.stringify({ intent: what, ...plain }), {
      method: 'post',
      encType: 'application/json',
    });
  };
  const busy = fetcher.state !== 'idle';
  const checked = fetcher.data?.checked;
  return (
    <>
      <Card>
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            Table or view
          </Text>
          <Select
            label="Which one holds your products"
            options={[
              {
                value: '',
                label: relations.length === 0 ? 'The role may read none yet' : 'Choose a table or view',
              },
              ...relations.map(({ schema, name, kind }) => ({
                value: `${schema}.${name}`,
                label: kind === 'view' ? `${schema}.${name} (view)` : `${schema}.${name}`,
              })),
            ]}
            value={chosen === null ? '' : `${chosen.schema}.${chosen.name}`}
            helpText="Only those that the role may read are shown: GRANT SELECT on yours, then load this page again."
            onChange={(table) => navigate(`?edit=mapping&table=${encodeURIComponent(table)}`)}
          />
        </BlockStack>
      </Card>
      {chosen !== null && mapping !== null && (
        <>
          <SourceMappingCard
            kind={props.kind}
            relation={chosen}
            mapping={mapping}
            terms={terms}
            onMapping={setMapping}
            onTerms={setTerms}
          />
          {checked !== undefined && <SourceCheckResult checked={checked} />}
          <InlineStack gap="200">
            <Button loading={busy} onClick={() => send('check')}>
              Check and preview
            </Button>
            <Button variant="primary" disabled={busy || checked === undefined} onClick={() => send('save')}>
              {isRunning ? 'Save and read all rows again' : 'Start'}
            </Button>
          </InlineStack>
        </>
      )}
    </>
  );
}
