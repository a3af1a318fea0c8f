/** What can be chosen on the analytics page, in a merchant's words. */
import type { AnalyticsGrain, AnalyticsSpan, ErrorGroup, MostChangedOf } from '~/core/analytics-query';

interface Choice<T extends string> {
  value: T;
  label: string;
}

export const SPAN_CHOICES: Choice<AnalyticsSpan>[] = [
  { value: '1m', label: 'This month' },
  { value: '3m', label: 'This month and 2 before' },
  { value: '12m', label: 'This month and 11 before' },
];

export const GRAIN_CHOICES: Choice<AnalyticsGrain>[] = [
  { value: 'day', label: 'By day' },
  { value: 'week', label: 'By week' },
  { value: 'month', label: 'By month' },
];

export const ERROR_CHOICES: Choice<ErrorGroup>[] = [
  { value: 'type', label: 'By product type' },
  { value: 'category', label: 'By category' },
  { value: 'product', label: 'By product' },
  { value: 'code', label: 'By error code' },
];

export const MOST_CHOICES: Choice<MostChangedOf>[] = [
  { value: 'span', label: 'In all of this time' },
  { value: 'week', label: 'This week' },
  { value: 'day', label: 'Today' },
];

/** How errors of a group that has no name are called. */
export const NAMELESS: Record<ErrorGroup, string> = {
  type: 'Without a type',
  category: 'Without a category',
  product: 'A product that is gone',
  code: 'Without a code',
};
