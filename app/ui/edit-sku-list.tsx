import { Banner, BlockStack, Button, DropZone, InlineStack, Text } from '@shopify/polaris';
import { TextControl } from './edit-controls';
import type { ProblemOf } from './edit-controls';
import { typedSkus } from './edit-selection-form';
import type { SelectionForm } from './edit-selection-form';
import { counted } from './formats';

export interface SkuListProps {
  form: SelectionForm;
  onChange: (form: SelectionForm) => void;
  problemOf: ProblemOf;
  onFile: (file: File) => void;
  readingFile: boolean;
  /** Of the file that was chosen last. */
  fileProblems: string[];
}

/** Lines of a file that are told of. */
const SHOWN_PROBLEMS = 5;

/** The SKUs that an edit changes: typed, pasted, or from a file. */
export function EditSkuList(props: SkuListProps) {
  const { form, onChange, problemOf, onFile, readingFile, fileProblems } = props;
  const { skuList } = form;
  const typed = typedSkus(form.skus).length;
  return (
    <BlockStack gap="300">
      {skuList === null ? (
        <TextControl
          control="skus"
          problemOf={problemOf}
          label="SKUs"
          value={form.skus}
          onChange={(skus) => onChange({ ...form, skus })}
          multiline={5}
          maxHeight={240}
          spellCheck={false}
          placeholder={'TENT-1\nTENT-2'}
          helpText={typed === 0 ? 'One on each line, or separated by commas' : counted(typed, 'SKU')}
        />
      ) : (
        <InlineStack gap="200" align="space-between" blockAlign="center">
          <Text as="p" breakWord>
            <Text as="span" fontWeight="semibold">
              {skuList.name}
            </Text>
            {`: ${counted(skuList.skus.length, 'SKU')}`}
          </Text>
          <Button onClick={() => onChange({ ...form, skuList: null })}>Remove the list</Button>
        </InlineStack>
      )}
      {fileProblems.length > 0 && (
        <Banner
          tone={skuList === null ? 'critical' : 'warning'}
          title={
            skuList === null
              ? 'The file cannot be taken'
              : `${counted(fileProblems.length, 'line')} of the file left out`
          }
        >
          {fileProblems.slice(0, SHOWN_PROBLEMS).map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
        </Banner>
      )}
      <DropZone
        label="File of SKUs"
        labelHidden
        accept=".csv,.txt,text/csv,text/plain"
        type="file"
        allowMultiple={false}
        disabled={readingFile}
        variableHeight
        onDropAccepted={([file]) => {
          if (file !== undefined) onFile(file);
        }}
      >
        <DropZone.FileUpload
          actionTitle={readingFile ? 'Reading the file' : 'Choose a file of SKUs'}
          actionHint="CSV with a column SKU, or text with one on each line"
        />
      </DropZone>
    </BlockStack>
  );
}
