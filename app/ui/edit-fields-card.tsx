import { useNavigate, useNavigation } from '@remix-run/react';
import { Box, Card, InlineGrid, Select, Text } from '@shopify/polaris';
import { useState } from 'react';
import type { ChangeNames } from './audit-table';
import { CursorPager } from './cursor-pager';
import { EditFieldsTable } from './edit-fields-table';
import type { EditTableField } from './edit-fields-table';
import { editViews, viewLabel } from './edit-views';
import type { EditFigures } from './edit-views';
import { counted } from './formats';

/** All fields of an edit in pages, by what became of them; where it can be undone, for chosen products too. */
export function EditFieldsCard(props: {
  edit: EditFigures;
  fields: EditTableField[];
  /** Where the next page begins; null at the end. */
  next: string | null;
  view: string;
  names: ChangeNames;
  timeZone: string;
  title?: string;
  /** The plan alone is shown: what became of each field is told elsewhere. */
  isPlanOnly?: boolean;
  /** Absent: there is nothing to undo. */
  onUndo?: (productIds: string[]) => void;
}) {
  const { onUndo } = props;
  const navigate = useNavigate();
  const navigation = useNavigation();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const views = editViews(props.edit);
  const choose = (productIds: string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const id of productIds)
      if (isChosen) next.add(id);
      else next.delete(id);
    setChosen(next);
  };
  return (
    <Card padding="0">
      <Box padding="400">
        <InlineGrid columns={{ xs: 1, sm: ['twoThirds', 'oneThird'] }} gap="200" alignItems="center">
          <Text as="h2" variant="headingMd">
            {props.title ?? 'Field by field'}
          </Text>
          <Select
            label="Show"
            labelInline
            value={views.find(({ id }) => id === props.view)?.id ?? 'all'}
            options={views.map((view) => ({ label: viewLabel(view), value: view.id }))}
            onChange={(view) => navigate(`?show=${view}`, { replace: true, preventScrollReset: true })}
          />
        </InlineGrid>
      </Box>
      <EditFieldsTable
        fields={props.fields}
        names={props.names}
        timeZone={props.timeZone}
        isPlanOnly={props.isPlanOnly ?? false}
        loading={navigation.state === 'loading'}
        {...(onUndo !== undefined && {
          choosing: {
            chosen,
            onChoose: choose,
            bulkActions: [
              {
                content: `Undo for ${counted(chosen.size, 'product')}`,
                onAction: () => onUndo([...chosen]),
              },
            ],
          },
        })}
      />
      <CursorPager parameter="after" next={props.next} label="Pages of fields" />
    </Card>
  );
}
