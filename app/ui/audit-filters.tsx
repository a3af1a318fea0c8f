import { IndexFilters, IndexFiltersMode, Select, TextField, useSetIndexFiltersMode } from '@shopify/polaris';
import { useEffect, useRef, useState } from 'react';
import { DIRECTION_CHOICES, FIELD_CHOICES, changeStateWords, filteredFieldWords } from './change-words';

/** As they stand in the address; "" is none. */
export interface AuditFilterValues {
  q: string;
  product: string;
  sku: string;
  field: string;
  actor: string;
  run: string;
  from: string;
  to: string;
  direction: string;
  state: string;
}

type Name = keyof AuditFilterValues;

export const NO_AUDIT_FILTER: AuditFilterValues = {
  q: '',
  product: '',
  sku: '',
  field: '',
  actor: '',
  run: '',
  from: '',
  to: '',
  direction: '',
  state: '',
};

/** The tabs: one for each end state. */
const VIEWS = [
  { label: 'All', state: '' },
  ...['applied', 'conflicted', 'failed', 'skipped'].map((state) => ({
    label: changeStateWords(state).label,
    state,
  })),
];

/** Typing asks only after this pause. */
const TYPING_PAUSE_MS = 350;

/** A text that is told once the typing rests. What is told from elsewhere takes its place. */
function useTyped(value: string, tell: (text: string) => void) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  // By the time the typing rests, another filter may hold: the text goes beside it, not in its place.
  const latest = useRef(tell);
  useEffect(() => {
    latest.current = tell;
  });
  if (told !== value) {
    setTold(value);
    if (typed.trim() !== value) setTyped(value);
  }
  const type = (text: string, pause = TYPING_PAUSE_MS) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current(text.trim()), pause);
  };
  return { typed, type };
}

function TypedFilter(props: {
  label: string;
  value: string;
  type?: 'text' | 'date';
  helpText?: string;
  onChange: (text: string) => void;
}) {
  const { typed, type } = useTyped(props.value, props.onChange);
  return (
    <TextField
      label={props.label}
      type={props.type ?? 'text'}
      value={typed}
      onChange={(text) => type(text)}
      autoComplete="off"
      {...(props.helpText === undefined ? {} : { helpText: props.helpText })}
    />
  );
}

function ChosenFilter(props: {
  label: string;
  value: string;
  choices: { value: string; label: string }[];
  onChange: (value: string) => void;
}) {
  return (
    <Select
      label={props.label}
      options={[{ value: '', label: 'Any' }, ...props.choices]}
      value={props.value}
      onChange={props.onChange}
    />
  );
}

/** The choices, with the one that holds among them. */
function withChosen(choices: { value: string; label: string }[], value: string, label: string) {
  return value === '' || choices.some((choice) => choice.value === value)
    ? choices
    : [...choices, { value, label }];
}

/** Search and filters of the audit log; only what changes is told. */
export function AuditFilters(props: {
  values: AuditFilterValues;
  actors: string[];
  locations: Record<string, string>;
  /** Title of the product that `values.product` names. */
  productTitle: string;
  loading: boolean;
  onChange: (change: Partial<AuditFilterValues>) => void;
}) {
  const { values, actors, locations, productTitle, onChange: set } = props;
  const search = useTyped(values.q, (q) => set({ q }));
  const { mode, setMode } = useSetIndexFiltersMode(
    Object.values(values).some((value) => value !== '')
      ? IndexFiltersMode.Filtering
      : IndexFiltersMode.Default,
  );
  const fieldWords = values.field === '' ? '' : filteredFieldWords(values.field, locations);
  const shown: { name: Name; label: string; text: string; filter: React.ReactNode; pinned?: boolean }[] = [
    {
      name: 'field',
      label: 'Field',
      text: fieldWords,
      pinned: true,
      filter: (
        <ChosenFilter
          label="Field"
          value={values.field}
          choices={withChosen(FIELD_CHOICES, values.field, fieldWords)}
          onChange={(field) => set({ field })}
        />
      ),
    },
    {
      name: 'actor',
      label: 'Caused by',
      text: values.actor,
      pinned: true,
      filter: (
        <ChosenFilter
          label="Caused by"
          value={values.actor}
          choices={withChosen(
            actors.map((actor) => ({ value: actor, label: actor })),
            values.actor,
            values.actor,
          )}
          onChange={(actor) => set({ actor })}
        />
      ),
    },
    {
      name: 'direction',
      label: 'Direction',
      text: DIRECTION_CHOICES.find(({ value }) => value === values.direction)?.label ?? '',
      pinned: true,
      filter: (
        <ChosenFilter
          label="Direction"
          value={values.direction}
          choices={DIRECTION_CHOICES}
          onChange={(direction) => set({ direction })}
        />
      ),
    },
    {
      name: 'from',
      label: 'From day',
      text: values.from.replace('T', ' '),
      pinned: true,
      filter: (
        <TypedFilter
          label="From day"
          type="date"
          value={values.from.slice(0, 10)}
          onChange={(from) => set({ from })}
        />
      ),
    },
    {
      name: 'to',
      label: 'To day',
      text: values.to.replace('T', ' '),
      pinned: true,
      filter: (
        <TypedFilter
          label="To day"
          type="date"
          value={values.to.slice(0, 10)}
          helpText="The whole of this day is included."
          onChange={(to) => set({ to })}
        />
      ),
    },
    {
      name: 'sku',
      label: 'SKU',
      text: values.sku,
      filter: (
        <TypedFilter
          label="SKU"
          value={values.sku}
          helpText="The whole SKU, spelled as it is."
          onChange={(sku) => set({ sku })}
        />
      ),
    },
    {
      name: 'run',
      label: 'Sync run',
      text: values.run,
      filter: (
        <TypedFilter
          label="Sync run"
          value={values.run}
          helpText="The id at the end of the address of the run's page."
          onChange={(run) => set({ run })}
        />
      ),
    },
  ];
  const applied = shown
    .filter(({ name }) => values[name] !== '')
    .map(({ name, label, text }) => ({
      key: name,
      label: `${label}: ${text}`,
      onRemove: () => set({ [name]: '' }),
    }));
  if (values.product !== '')
    applied.push({
      key: 'product',
      label: `Product: ${productTitle === '' ? values.product : productTitle}`,
      onRemove: () => set({ product: '' }),
    });
  return (
    <IndexFilters
      mode={mode}
      setMode={setMode}
      tabs={VIEWS.map(({ label, state }) => ({ id: `view-${state}`, content: label, isLocked: true }))}
      selected={Math.max(
        0,
        VIEWS.findIndex(({ state }) => state === values.state),
      )}
      onSelect={(index) => set({ state: VIEWS[index]?.state ?? '' })}
      queryValue={search.typed}
      queryPlaceholder="Search by title, handle or whole SKU"
      onQueryChange={search.type}
      onQueryClear={() => search.type('', 0)}
      cancelAction={{ onAction: () => search.type('', 0) }}
      filters={[
        ...shown.map(({ name, label, filter, pinned = false }) => ({
          key: name,
          label,
          filter,
          // What a click in the table sets is shown: Polaris shows only what was set here, or is pinned.
          pinned,
        })),
        ...(values.product === ''
          ? []
          : [{ key: 'product', label: 'Product', filter: <p>{productTitle}</p>, hidden: true }]),
      ]}
      appliedFilters={applied}
      onClearAll={() => set({ ...NO_AUDIT_FILTER, state: values.state })}
      canCreateNewView={false}
      loading={props.loading}
    />
  );
}
