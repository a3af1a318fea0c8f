/** Which rate the rules of a store have now, and when that is to be asked again. */
import { instantOf, localTime } from '~/core/local-time';
import { nextRateDay, rateOnDay } from '~/core/store-rules';
import type { Conversion } from '~/core/store-rules';
import type { DecimalString } from '~/core/product-state';

/** How often a feed is asked. */
export const FEED_EVERY_MS = 3_600_000;

/** What a shop's calendar shows. */
export function todayIn(timeZone: string, now: Date): string {
  return localTime(now, timeZone).slice(0, 10);
}

/** Of every conversion but a feed's, whose rate only the feed knows. */
export function rateByRules(
  conversion: Exclude<Conversion, { by: 'feed' }>,
  { timeZone, now }: { timeZone: string; now: Date },
): { rate: DecimalString | null; dueAt: Date | null } {
  switch (conversion.by) {
    case 'none':
      return { rate: null, dueAt: null };
    case 'factor':
      return { rate: conversion.factor, dueAt: null };
    case 'table': {
      const today = todayIn(timeZone, now);
      const next = nextRateDay(conversion.rates, today);
      return {
        rate: rateOnDay(conversion.rates, today)?.rate ?? null,
        dueAt: next === null ? null : instantOf(next, timeZone),
      };
    }
  }
}
