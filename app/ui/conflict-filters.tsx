import { ChoiceList, IndexFilters, IndexFiltersMode, useSetIndexFiltersMode } from '@shopify/polaris';
import { useEffect, useRef, useState } from 'react';
import { GROUP_CHOICES } from './group-words';

export interface ConflictFilterValues {
  view: 'open' | 'snoozed' | 'answered';
  search: string;
  groups: string[];
  store: string | null;
  age: string | null;
  reason: string | null;
  assignee: string | null;
  productId: string | null;
}

const VIEWS = [
  { view: 'open', label: 'Waiting for you' },
  { view: 'snoozed', label: 'Snoozed' },
  { view: 'answered', label: 'Being carried out' },
] as const;

const AGES = [
  { value: 'day', label: 'More than a day' },
  { value: 'week', label: 'More than a week' },
  { value: 'month', label: 'More than a month' },
];

const REASONS = [
  { value: 'both-changed', label: 'Changed on both sides' },
  { value: 'held', label: 'Above the limit' },
];

/** Typing asks only after this pause. */
const TYPING_PAUSE_MS = 350;
/** Nobody can be called so: it stands for "assigned to nobody". */
const NOBODY = '\u0001';

interface OneChoice {
  name: 'store' | 'age' | 'reason' | 'assignee';
  label: string;
  choices: { value: string; label: string }[];
}

/** Views, search, filters and order of the inbox; each change is told whole. */
export function ConflictFilters(props: {
  values: ConflictFilterValues;
  oldestFirst: boolean;
  stores: { id: string; name: string }[];
  /** The store whose admin it is. */
  ownStore: string;
  assignees: string[];
  /** Title of the product that `values` are limited to. */
  productTitle: string | null;
  loading: boolean;
  onChange: (values: ConflictFilterValues, oldestFirst: boolean) => void;
}) {
  const { values, oldestFirst, stores, assignees, loading } = props;
  const { mode, setMode } = useSetIndexFiltersMode(
    isFiltered(values) ? IndexFiltersMode.Filtering : IndexFiltersMode.Default,
  );
  const [typed, setTyped] = useState(values.search);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (part: Partial<ConflictFilterValues>) =>
    props.onChange({ ...values, search: typed, ...part }, oldestFirst);
  const search = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change({ search: text }), TYPING_PAUSE_MS);
  };
  const clearSearch = () => {
    clearTimeout(timer.current);
    setTyped('');
    change({ search: '' });
  };

  const singles: OneChoice[] = [
    { name: 'age', label: 'Waiting for', choices: AGES },
    { name: 'reason', label: 'Reason', choices: REASONS },
    {
      name: 'assignee',
      label: 'Assigned to',
      choices: [
        { value: NOBODY, label: 'Nobody' },
        ...assignees.map((name) => ({ value: name, label: name })),
      ],
    },
  ];
  if (stores.length > 1)
    singles.unshift({
      name: 'store',
      label: 'Store',
      choices: [
        { value: 'all', label: 'All stores' },
        ...stores
          .filter(({ id }) => id !== props.ownStore)
          .map(({ id, name }) => ({ value: id, label: name })),
      ],
    });
  const shown = (name: OneChoice['name']) =>
    name === 'assignee' && values.assignee === '' ? NOBODY : values[name];
  const stored = (name: OneChoice['name'], value: string | undefined) =>
    name === 'assignee' && value === NOBODY ? '' : (value ?? null);
  const words = (choices: OneChoice['choices'], value: string) =>
    choices.find((choice) => choice.value === value)?.label ?? value;

  const applied = [
    ...(values.groups.length > 0
      ? [
          {
            key: 'groups',
            label: `Fields: ${values.groups.map((group) => words(GROUP_CHOICES, group)).join(', ')}`,
            onRemove: () => change({ groups: [] }),
          },
        ]
      : []),
    ...singles.flatMap(({ name, label, choices }) => {
      const value = shown(name);
      return value === null
        ? []
        : [
            {
              key: name,
              label: `${label}: ${words(choices, value)}`,
              onRemove: () => change({ [name]: null }),
            },
          ];
    }),
    ...(values.productId === null
      ? []
      : [
          {
            key: 'product',
            label: `Product: ${props.productTitle ?? 'one product'}`,
            onRemove: () => change({ productId: null }),
          },
        ]),
  ];

  return (
    <IndexFilters
      mode={mode}
      setMode={setMode}
      tabs={VIEWS.map(({ view, label }) => ({ id: `view-${view}`, content: label, isLocked: true }))}
      selected={VIEWS.findIndex(({ view }) => view === values.view)}
      onSelect={(index) => change({ view: VIEWS[index]?.view ?? 'open' })}
      queryValue={typed}
      queryPlaceholder="Search by product or SKU"
      onQueryChange={search}
      onQueryClear={clearSearch}
      cancelAction={{ onAction: clearSearch }}
      sortOptions={[
        { label: 'Found', value: 'found desc', directionLabel: 'Newest first' },
        { label: 'Found', value: 'found asc', directionLabel: 'Oldest first' },
      ]}
      sortSelected={[oldestFirst ? 'found asc' : 'found desc']}
      onSort={([sort]) => props.onChange({ ...values, search: typed }, sort === 'found asc')}
      filters={[
        {
          key: 'groups',
          label: 'Fields',
          pinned: true,
          filter: (
            <ChoiceList
              title="Fields"
              titleHidden
              allowMultiple
              choices={GROUP_CHOICES.map(({ value, label }) => ({ value, label }))}
              selected={values.groups}
              onChange={(groups) => change({ groups })}
            />
          ),
        },
        ...singles.map(({ name, label, choices }) => ({
          key: name,
          label,
          pinned: name !== 'assignee',
          filter: (
            <ChoiceList
              title={label}
              titleHidden
              choices={choices}
              selected={[shown(name) ?? '']}
              onChange={([value]) => change({ [name]: stored(name, value) })}
            />
          ),
        })),
      ]}
      appliedFilters={applied}
      onClearAll={() => {
        setTyped('');
        props.onChange(
          {
            view: values.view,
            search: '',
            groups: [],
            store: null,
            age: null,
            reason: null,
            assignee: null,
            productId: null,
          },
          oldestFirst,
        );
      }}
      canCreateNewView={false}
      loading={loading}
    />
  );
}

/** Whether anything but the view narrows the list. */
export function isFiltered(values: ConflictFilterValues): boolean {
  const { search, groups, store, age, reason, assignee, productId } = values;
  return (
    search !== '' ||
    groups.length > 0 ||
    [store, age, reason, assignee, productId].some((value) => value !== null)
  );
}
