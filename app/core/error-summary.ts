/** The daily summary: what failed, why, and what to do. */
import type { AlertMessage, MessageSection, MessageShop } from './alert-message';
import { clockWords } from './alert-message';
import { ALERT_RULES, RULE_FACTS } from './alert-rules';

export interface SummedFailures {
  changes: {
    field: string;
    message: string;
    changes: number;
    products: number;
    stillFailing: number;
    titles: string[];
  }[];
  work: { what: WorkKind; reason: string; count: number; id: string | null }[];
  alerts: { rule: string; detail: string; isOver: boolean }[];
}

export type WorkKind = 'run' | 'job' | 'import' | 'check' | 'edit' | 'picture' | 'delivery';

const WORK: Record<
  WorkKind,
  { one: string; many: string; remedy: string; page: (id: string | null) => string }
> = {
  run: {
    ...{ one: 'sync run failed', many: 'sync runs failed', remedy: 'Mend the cause, then press Retry.' },
    page: (id) => (id === null ? '/app/runs' : `/app/runs/${id}`),
  },
  job: {
    ...{
      one: 'job gave up',
      many: 'jobs gave up',
      remedy: 'Nothing was lost: mend the cause, then press Retry.',
    },
    page: () => '/app/runs',
  },
  import: {
    ...{ one: 'import failed', many: 'imports failed', remedy: 'Correct the file and import it again.' },
    page: (id) => (id === null ? '/app/import' : `/app/import?id=${id}`),
  },
  check: {
    ...{
      one: 'check of the store failed',
      many: 'checks of the store failed',
      remedy: 'Check it again on Home.',
    },
    page: () => '/app',
  },
  edit: {
    ...{
      one: 'bulk edit failed',
      many: 'bulk edits failed',
      remedy: 'Its page says what was written; plan it again.',
    },
    page: (id) => (id === null ? '/app/edits' : `/app/edits/${id}`),
  },
  picture: {
    ...{ one: 'picture failed', many: 'pictures failed', remedy: 'Upload it again.' },
    page: () => '/app/edits/new',
  },
  delivery: {
    ...{
      one: 'alert could not be delivered',
      many: 'alerts could not be delivered',
      remedy: 'Correct the channel.',
    },
    page: () => '/app/alerts',
  },
};

const named = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function changesSection(changes: SummedFailures['changes'], adminUrl: string): MessageSection[] {
  if (changes.length === 0) return [];
  return [
    {
      title: `${named(sum(changes.map((one) => one.changes)), 'change')} failed`,
      lines: changes.map(({ field, message, products, stillFailing, titles }) => {
        const which =
          titles.length === 0 ? '' : ` (${titles.join(', ')}${products > titles.length ? ', …' : ''})`;
        const still = stillFailing === 0 ? 'all in step again' : `${stillFailing} still not in step`;
        return `${named(products, 'product')}${which}, ${field}: ${message} — ${still}.`;
      }),
      link: { label: 'See each in the audit log', url: `${adminUrl}/app/audit?state=failed` },
    },
  ];
}

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);

function workSections(work: SummedFailures['work'], adminUrl: string): MessageSection[] {
  return work.map(({ what, reason, count, id }) => {
    const { one, many, remedy, page } = WORK[what];
    return {
      title: `${count} ${count === 1 ? one : many}`,
      lines: [reason, remedy].filter(Boolean),
      link: { label: 'Open in Lockstep', url: `${adminUrl}${page(id)}` },
    };
  });
}

function alertsSection(alerts: SummedFailures['alerts'], adminUrl: string): MessageSection[] {
  const known = alerts.flatMap(({ rule, isOver }) => {
    const of = ALERT_RULES.find((one) => one === rule);
    return of === undefined ? [] : [`${RULE_FACTS[of].title}${isOver ? ', over again' : ', still so'}.`];
  });
  if (known.length === 0) return [];
  return [
    {
      title: named(known.length, 'alert'),
      lines: known,
      link: { label: 'Open the alerts', url: `${adminUrl}/app/alerts` },
    },
  ];
}

/** How much failed: what nothing is sent for where it is 0. */
export function countFailures({ changes, work, alerts }: SummedFailures): number {
  return sum(changes.map((one) => one.changes)) + sum(work.map(({ count }) => count)) + alerts.length;
}

/** The message of a day. */
export function summaryMessage(
  failures: SummedFailures,
  shop: MessageShop,
  span: { day: string; from: Date; until: Date },
): AlertMessage {
  const { adminUrl, timeZone } = shop;
  const name = shop.name === '' ? shop.domain : shop.name;
  const count = countFailures(failures);
  const within = `From ${clockWords(span.from, timeZone)} until ${clockWords(span.until, timeZone)} (${timeZone}).`;
  const sections = [
    ...changesSection(failures.changes, adminUrl),
    ...workSections(failures.work, adminUrl),
    ...alertsSection(failures.alerts, adminUrl),
  ];
  const intro: MessageSection =
    count === 0
      ? { title: 'Nothing failed', lines: [within], link: null }
      : { title: `What failed in ${name}`, lines: [within], link: null };
  return {
    kind: 'summary',
    severity: null,
    subject: `${name}: ${count === 0 ? 'nothing failed' : `${named(count, 'failure')}`} until ${span.day}`,
    sections: [intro, ...sections],
    facts: { shop: shop.domain, day: span.day, failures: count },
  };
}
