/** What a channel is sent: one message for all that is to be told at a time, the same for every kind of channel. */
import type { NoticeKind } from './alert-notices';
import { RULE_FACTS } from './alert-rules';
import type { AlertRule, RuleUnit, Severity } from './alert-rules';
import { localTime } from './local-time';

export interface MessageSection {
  title: string;
  lines: string[];
  /** Null: there is nothing to look at. */
  link: { label: string; url: string } | null;
}

export interface AlertMessage {
  kind: 'alert' | 'test' | 'summary';
  /** Null: nothing in it needs anybody. */
  severity: Severity | null;
  subject: string;
  sections: MessageSection[];
  /** For programs. */
  facts: Record<string, unknown>;
}

export interface MessageShop {
  name: string;
  domain: string;
  timeZone: string;
  /** Address of Lockstep's pages in the store's admin, without a page. */
  adminUrl: string;
}

export interface NoticedEpisode {
  kind: NoticeKind;
  id: string;
  rule: AlertRule;
  severity: Severity;
  threshold: number;
  value: number | null;
  detail: string;
  firedAt: Date;
  recoveredAt: Date | null;
}

const UNITS: Record<RuleUnit, (text: string) => string> = {
  failures: (text) => `${text} ${text === '1' ? 'failure' : 'failures'}`,
  percent: (text) => `${text} %`,
  minutes: (text) => `${text} min`,
  products: (text) => `${text} ${text === '1' ? 'product' : 'products'}`,
  deviations: (text) => `${text} usual deviations`,
  days: (text) => `${text} ${text === '1' ? 'day' : 'days'}`,
};

/** A value as people read it: "5 %", "12.5 min". */
export function valueWords(unit: RuleUnit, value: number): string {
  return UNITS[unit](String(Math.round(value * 10) / 10));
}

/** An instant by the store's clock: "2026-11-24 14:05". */
export function clockWords(instant: Date, timeZone: string): string {
  return localTime(instant, timeZone).slice(0, 16).replace('T', ' ');
}

/** "Past 5 min: it is 12.5 min". */
export function thresholdWords(rule: AlertRule, threshold: number, value: number | null): string {
  const { unit, fires } = RULE_FACTS[rule];
  const limit = `Fires ${fires === 'below' ? 'below' : 'from'} ${valueWords(unit, threshold)}`;
  return value === null ? `${limit}.` : `${limit}; measured ${valueWords(unit, value)}.`;
}

const HEADINGS: Record<NoticeKind, string> = {
  fired: '',
  reminder: 'Still: ',
  recovered: 'Recovered: ',
  passed: 'Over again: ',
};

function sectionOf(episode: NoticedEpisode, { timeZone, adminUrl }: MessageShop): MessageSection {
  const { kind, rule, severity, threshold, value, detail, firedAt, recoveredAt } = episode;
  const { title, remedy, page } = RULE_FACTS[rule];
  const since = clockWords(firedAt, timeZone);
  const isOver = kind === 'recovered' || kind === 'passed';
  const until = recoveredAt === null ? '' : clockWords(recoveredAt, timeZone);
  return {
    title: `${HEADINGS[kind]}${title}${isOver ? '' : ` (${severity})`}`,
    lines: isOver
      ? [`From ${since} until ${until} (${timeZone}).`, ...(kind === 'passed' ? [detail] : [])].filter(
          Boolean,
        )
      : [detail, `Since ${since} (${timeZone}). ${thresholdWords(rule, threshold, value)}`, remedy].filter(
          Boolean,
        ),
    link: { label: 'Open in Lockstep', url: `${adminUrl}${page}` },
  };
}

const nameOf = (shop: MessageShop) => (shop.name === '' ? shop.domain : shop.name);
const isOverIn = ({ kind }: NoticedEpisode) => kind === 'recovered' || kind === 'passed';

function subjectOf(episodes: NoticedEpisode[], shop: MessageShop): string {
  const [first] = episodes;
  const lasting = episodes.filter((episode) => !isOverIn(episode));
  if (episodes.length === 1 && first !== undefined)
    return `${nameOf(shop)}: ${HEADINGS[first.kind]}${RULE_FACTS[first.rule].title}`;
  if (lasting.length === 0) return `${nameOf(shop)}: ${episodes.length} alerts are over`;
  return `${nameOf(shop)}: ${lasting.length} ${lasting.length === 1 ? 'alert' : 'alerts'}${
    lasting.length < episodes.length ? `, ${episodes.length - lasting.length} over` : ''
  }`;
}

/** One message of all that a channel is told at a time; what needs somebody stands first, critical before the rest. */
export function noticeMessage(episodes: NoticedEpisode[], shop: MessageShop): AlertMessage {
  const weight = (episode: NoticedEpisode) =>
    (isOverIn(episode) ? 2 : 0) + (episode.severity === 'critical' ? 0 : 1);
  const sorted = [...episodes].sort((a, b) => weight(a) - weight(b));
  const lasting = sorted.filter((episode) => !isOverIn(episode));
  return {
    kind: 'alert',
    severity: lasting[0]?.severity ?? null,
    subject: subjectOf(sorted, shop),
    sections: sorted.map((episode) => sectionOf(episode, shop)),
    facts: {
      shop: shop.domain,
      alerts: sorted.map(({ kind, id, rule, severity, threshold, value, detail, firedAt, recoveredAt }) => ({
        ...{ event: kind, episode: id, rule, severity, threshold, value, detail },
        firedAt: firedAt.toISOString(),
        recoveredAt: recoveredAt?.toISOString() ?? null,
      })),
    },
  };
}

/** What "Send a test" sends. */
export function testMessage(shop: MessageShop, at: Date): AlertMessage {
  return {
    kind: 'test',
    severity: null,
    subject: `${nameOf(shop)}: test of Lockstep’s alerts`,
    sections: [
      {
        title: 'This is a test',
        lines: [
          `Sent ${clockWords(at, shop.timeZone)} (${shop.timeZone}). Alerts of ${nameOf(shop)} arrive here like this.`,
        ],
        link: { label: 'Open Lockstep’s alerts', url: `${shop.adminUrl}/app/alerts` },
      },
    ],
    facts: { shop: shop.domain },
  };
}
