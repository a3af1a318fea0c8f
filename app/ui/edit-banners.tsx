import { Banner, BlockStack, Box, Link, List, Text } from '@shopify/polaris';
import type { GuardFinding } from '~/core/edit-guard';
import type { EditTarget } from '~/core/promotion';
import { editStateWords, guardWords } from './edit-words';
import { counted } from './formats';

interface LinkedState {
  id: string;
  name: string;
  state: string;
}

interface Props {
  edit: {
    state: string;
    target: EditTarget['kind'];
    error: string | null;
    undoOf: string | null;
    guard: GuardFinding[];
    fieldsToChange: number;
    fieldsApplied: number;
    fieldsMoved: number;
    fieldsRefused: number;
    run: { id: string; counts: { failed: number; conflicted: number } } | null;
  };
  /** The edit that asks again for what had moved; null where nobody asked. */
  askedAgain: LinkedState | null;
  needsSecondPerson: boolean;
  fileProblem: string | null;
  asking: boolean;
  onAgain: () => void;
}

/** What a person should know or do about an edit, the gravest first. */
export function EditBanners(props: Props) {
  const { edit, fileProblem } = props;
  return (
    <>
      {fileProblem !== null && (
        <Box>
          <Banner tone="critical">{fileProblem}</Banner>
        </Box>
      )}
      {edit.state === 'failed' && (
        <Box>
          <Banner tone="critical" title="The edit failed">
            <p>{edit.error ?? 'Make it again.'}</p>
            {edit.fieldsApplied > 0 && <p>What was written before stays, and can be undone.</p>}
          </Banner>
        </Box>
      )}
      {edit.state === 'planned' && <PlannedBanner {...props} />}
      {edit.state !== 'planned' && edit.state !== 'planning' && <OutcomeBanners {...props} />}
    </>
  );
}

function PlannedBanner({ edit, needsSecondPerson }: Props) {
  if (edit.fieldsToChange === 0)
    return (
      <Banner tone="info" title="There is nothing to change">
        {edit.undoOf === null
          ? 'No selected product would get another value. Below you see why; “Edit again” changes what is asked for.'
          : 'Everything this edit wrote was changed since, and is kept.'}
      </Banner>
    );
  if (edit.guard.length === 0) return null;
  return (
    <Banner
      tone="warning"
      title={
        needsSecondPerson
          ? 'This goes beyond your limits: a second person must confirm it'
          : 'This goes beyond your limits: look twice'
      }
    >
      <BlockStack gap="200">
        <List>
          {edit.guard.map((finding) => (
            <List.Item key={finding.limit}>{guardWords(finding)}</List.Item>
          ))}
        </List>
        <Text as="p">
          {needsSecondPerson
            ? 'You made it, so somebody else of your staff opens this page and applies it. '
            : 'To apply it you type the number of products. '}
          <Link url="/app/settings">Limits are set in Settings.</Link>
        </Text>
      </BlockStack>
    </Banner>
  );
}

function OutcomeBanners({ edit, askedAgain, asking, onAgain }: Props) {
  const ended = edit.state !== 'applying';
  const written =
    edit.target === 'store'
      ? 'The overrides of this store hold the new values.'
      : 'Your catalog has the new values.';
  return (
    <>
      {edit.run !== null && edit.run.counts.failed > 0 && (
        <Box>
          <Banner
            tone="critical"
            title={`Shopify did not take ${counted(edit.run.counts.failed, 'product')}`}
            action={{ content: 'See why', url: `/app/runs/${edit.run.id}?state=failed` }}
          >
            {`${written} The sync run says what Shopify refused, and retries.`}
          </Banner>
        </Box>
      )}
      {edit.run !== null && edit.run.counts.conflicted > 0 && (
        <Box>
          <Banner
            tone="warning"
            title={`${counted(edit.run.counts.conflicted, 'product')} changed in Shopify too`}
            action={{ content: 'Settle them', url: '/app/conflicts' }}
          >
            {`${written} Who wins waits for you.`}
          </Banner>
        </Box>
      )}
      {edit.fieldsRefused > 0 && (
        <Box>
          <Banner
            tone="critical"
            title={`${counted(edit.fieldsRefused, 'field')} could not be written`}
            action={{ content: 'Show them', url: '?show=refused' }}
          >
            Each says why. The other fields were not held up by them.
          </Banner>
        </Box>
      )}
      {ended && edit.fieldsMoved > 0 && edit.undoOf !== null && (
        <Box>
          <Banner
            tone="info"
            title={`${counted(edit.fieldsMoved, 'field')} changed after the undo was planned`}
            action={{ content: 'Show them', url: '?show=moved' }}
          >
            The newer values are kept.
          </Banner>
        </Box>
      )}
      {ended && edit.fieldsMoved > 0 && edit.undoOf === null && (
        <Box>
          <Banner
            tone="warning"
            title={`${counted(edit.fieldsMoved, 'field')} changed after you saw the plan`}
            {...(askedAgain === null && {
              action: { content: 'Plan again for these products', onAction: onAgain, loading: asking },
            })}
            secondaryAction={{ content: 'Show them', url: '?show=moved' }}
          >
            {askedAgain === null ? (
              'The newer values are kept, and nothing was overwritten. Plan again to change them too: you see them before you apply.'
            ) : (
              <>
                {'The newer values were kept. They were asked for again by '}
                <Link url={`/app/edits/${askedAgain.id}`}>{askedAgain.name}</Link>
                {` (${editStateWords(askedAgain.state).label.toLowerCase()}).`}
              </>
            )}
          </Banner>
        </Box>
      )}
    </>
  );
}
