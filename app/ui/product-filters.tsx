import { ChoiceList, IndexFilters, IndexFiltersMode, useSetIndexFiltersMode } from '@shopify/polaris';
import type { IndexFiltersProps } from '@shopify/polaris';
import { useEffect, useRef, useState } from 'react';
import { STATUS_CHOICES, SYNC_STATE_CHOICES } from './state-words';

export interface ProductFilterValues {
  search: string;
  syncStates: string[];
  statuses: string[];
  vendors: string[];
  /** "title asc", "updated desc", ... */
  sort: string;
}

const SORTS: NonNullable<IndexFiltersProps['sortOptions']> = [
  { label: 'Title', value: 'title asc', directionLabel: 'A to Z' },
  { label: 'Title', value: 'title desc', directionLabel: 'Z to A' },
  { label: 'Vendor', value: 'vendor asc', directionLabel: 'A to Z' },
  { label: 'Vendor', value: 'vendor desc', directionLabel: 'Z to A' },
  { label: 'Changed in catalog', value: 'updated desc', directionLabel: 'Newest first' },
  { label: 'Changed in catalog', value: 'updated asc', directionLabel: 'Oldest first' },
  { label: 'Last synced', value: 'synced desc', directionLabel: 'Newest first' },
  { label: 'Last synced', value: 'synced asc', directionLabel: 'Oldest first' },
];

/** The tabs: ready-made filters by sync state. */
const VIEWS = [
  { label: 'All', syncStates: [] },
  ...SYNC_STATE_CHOICES.map(({ value, label }) => ({ label, syncStates: [value] })),
];

/** Typing asks only after this pause. */
const TYPING_PAUSE_MS = 350;

type ListName = 'syncStates' | 'statuses' | 'vendors';

/** Search, filters and order of the list of products; each change is told whole. */
export function ProductFilters(props: {
  values: ProductFilterValues;
  vendors: string[];
  loading: boolean;
  onChange: (values: ProductFilterValues) => void;
}) {
  const { values, vendors, loading, onChange } = props;
  const view = VIEWS.findIndex(({ syncStates }) => syncStates.join() === values.syncStates.join());
  const selected = Math.max(0, view);
  const isFiltered = view < 0 || values.statuses.length + values.vendors.length > 0;
  const { mode, setMode } = useSetIndexFiltersMode(
    values.search !== '' || isFiltered ? IndexFiltersMode.Filtering : IndexFiltersMode.Default,
  );
  const [typed, setTyped] = useState(values.search);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);

  const search = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange({ ...values, search: text }), TYPING_PAUSE_MS);
  };
  const clearSearch = () => {
    clearTimeout(timer.current);
    setTyped('');
    onChange({ ...values, search: '' });
  };

  const lists: { name: ListName; label: string; choices: { label: string; value: string }[] }[] = [
    { name: 'syncStates', label: 'Sync state', choices: SYNC_STATE_CHOICES },
    { name: 'statuses', label: 'Status', choices: STATUS_CHOICES },
    {
      name: 'vendors',
      label: 'Vendor',
      choices: vendors.map((vendor) => ({ label: vendor, value: vendor })),
    },
  ];

  return (
    <IndexFilters
      mode={mode}
      setMode={setMode}
      tabs={VIEWS.map(({ label }, index) => ({ id: `view-${index}`, content: label, isLocked: true }))}
      selected={selected}
      onSelect={(index) => onChange({ ...values, search: typed, syncStates: VIEWS[index]?.syncStates ?? [] })}
      queryValue={typed}
      queryPlaceholder="Search by title, handle or SKU"
      onQueryChange={search}
      onQueryClear={clearSearch}
      cancelAction={{ onAction: clearSearch }}
      sortOptions={SORTS}
      sortSelected={[values.sort]}
      onSort={([sort]) => onChange({ ...values, search: typed, sort: sort ?? values.sort })}
      filters={lists.map(({ name, label, choices }) => ({
        key: name,
        label,
        pinned: name !== 'vendors',
        filter: (
          <ChoiceList
            title={label}
            titleHidden
            allowMultiple
            choices={choices}
            selected={values[name]}
            onChange={(selected) => onChange({ ...values, search: typed, [name]: selected })}
          />
        ),
      }))}
      appliedFilters={lists
        .filter(({ name }) => values[name].length > 0)
        .map(({ name, label, choices }) => ({
          key: name,
          label: `${label}: ${values[name]
            .map((value) => choices.find((choice) => choice.value === value)?.label ?? value)
            .join(', ')}`,
          onRemove: () => onChange({ ...values, search: typed, [name]: [] }),
        }))}
      onClearAll={() => {
        setTyped('');
        onChange({ search: '', syncStates: [], statuses: [], vendors: [], sort: values.sort });
      }}
      canCreateNewView={false}
      loading={loading}
    />
  );
}
