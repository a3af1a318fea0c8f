/** Weeks of readings of every kind, and what holds of what channels are told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextEpisode } from './alert-episode';
import type { Episode } from './alert-episode';
import { noted, planNotices } from './alert-notices';
import type { Notice, NoticeChannel, Told, ToldEpisode } from './alert-notices';
import { ALERT_RULES, RULE_FACTS, isClear, isPast, ruleSettings } from './alert-rules';
import type { AlertRule, Reading } from './alert-rules';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const REMIND = 60 * MINUTE;

interface Turn {
  minutes: number;
  isQuiet: boolean;
  /** Share of the threshold; null: nothing is known. */
  values: (number | null)[];
}

const turns = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 20 }),
    isQuiet: fc.boolean(),
    values: fc.array(fc.option(fc.constantFrom(0, 0.5, 0.85, 0.95, 1, 1.1, 1.5, 3)), {
      minLength: ALERT_RULES.length,
      maxLength: ALERT_RULES.length,
    }),
  }),
  { minLength: 1, maxLength: 60 },
);
const channels: NoticeChannel[] = [
  { id: 'all', onSince: new Date(START), onlyCritical: false },
  { id: 'critical', onSince: new Date(START), onlyCritical: true },
];

interface Sent extends Notice {
  at: number;
  isQuiet: boolean;
}

interface Played {
  sent: Sent[];
  /** Every episode that ever fired, as it stood last. */
  episodes: Map<string, Episode>;
  told: Told[];
}

/** As watching a store does, turn by turn; at the end an hour of calm in which nobody is quiet. */
function play(script: Turn[]): Played {
  const settings = ruleSettings({});
  const open = new Map<AlertRule, { id: string; episode: Episode }>();
  const episodes = new Map<string, Episode>();
  const told = new Map<string, Told>();
  const sent: Sent[] = [];
  let clock = START;
  let made = 0;
  const calm: Turn[] = Array.from({ length: 12 }, () => ({
    ...{ minutes: 10, isQuiet: false, values: ALERT_RULES.map(() => null) },
  }));
  for (const { minutes, isQuiet, values } of [...script, ...calm]) {
    clock += minutes * MINUTE;
    const now = new Date(clock);
    for (const [index, rule] of ALERT_RULES.entries()) {
      const share = values[index] ?? null;
      const setting = settings[rule];
      const value = share === null ? null : share * setting.threshold;
      const reading: Reading = { value, isBeyond: false, detail: `${share}` };
      const before = open.get(rule);
      const after = nextEpisode(rule, setting, { current: before?.episode ?? null, reading, now });
      if (after === null) {
        open.delete(rule);
        continue;
      }
      const id = before?.id ?? `${rule} ${made++}`;
      if (after.firedAt !== null) episodes.set(id, after);
      if (after.state === 'recovered') open.delete(rule);
      else open.set(rule, { id, episode: after });
    }
    const toTell = [...episodes].map(([id, { severity, state, recoveredAt }]): ToldEpisode => {
      if (state === 'pending') throw new Error('It has fired.');
      return { id, severity, state, recoveredAt };
    });
    const notices = planNotices({
      ...{ episodes: toTell, channels, told: [...told.values()] },
      ...{ isQuiet, remindAfterMs: REMIND, now },
    });
    for (const notice of notices) {
      const key = `${notice.episodeId} ${notice.channelId}`;
      told.set(key, noted(notice, told.get(key), now));
      sent.push({ ...notice, at: clock, isQuiet });
    }
  }
  return { sent, episodes, told: [...told.values()] };
}

const law = (name: string, holds: (played: Played) => void) =>
  it(name, () =>
    fc.assert(
      fc.property(turns, (script) => holds(play(script))),
      { numRuns: 300 },
    ),
  );
const byKey = (sent: Sent[]) => Map.groupBy(sent, ({ episodeId, channelId }) => `${episodeId} ${channelId}`);

describe('of weeks of readings', () => {
  law(
    'each channel is told once that an episode began and once that it is over, in this order',
    ({ sent }) => {
      for (const [, of] of byKey(sent)) {
        const kinds = of.map(({ kind }) => kind).filter((kind) => kind !== 'reminder');
        expect([['fired', 'recovered'], ['passed']]).toContainEqual(kinds);
        const last = of.at(-1);
        expect(last?.kind).not.toBe('reminder');
      }
    },
  );

  law('every episode reaches every channel that it is for', ({ sent, episodes }) => {
    const reached = byKey(sent);
    for (const [id, { severity }] of episodes)
      for (const channel of channels)
        expect(reached.has(`${id} ${channel.id}`)).toBe(!channel.onlyCritical || severity === 'critical');
  });

  law('quiet hours hold back what is not critical, and nothing else', ({ sent, episodes }) => {
    for (const one of sent) {
      const episode = episodes.get(one.episodeId);
      if (one.isQuiet) expect(episode?.severity).toBe('critical');
      // Critical ones are told in the very turn in which they fire.
      if (one.kind === 'fired' && episode?.severity === 'critical')
        expect(one.at).toBe(episode.firedAt?.getTime());
      if (one.kind === 'passed') expect(episode?.severity).toBe('warning');
    }
  });

  law('reminders come at most once an interval', ({ sent }) => {
    for (const [, of] of byKey(sent)) {
      const loud = of.filter(({ kind }) => kind === 'fired' || kind === 'reminder');
      for (const [index, one] of loud.entries())
        if (index > 0) expect(one.at - (loud[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(REMIND);
    }
  });

  law(
    'an episode lasts as long as its rule says at least, and never two of a rule at a time',
    ({ episodes }) => {
      const byRule = Map.groupBy(episodes.values(), ({ rule }) => rule);
      for (const [rule, of] of byRule) {
        const { forMinutes, clearMinutes } = RULE_FACTS[rule];
        let before = 0;
        for (const { beganAt, firedAt, recoveredAt } of of) {
          expect(beganAt.getTime()).toBeGreaterThanOrEqual(before);
          expect((firedAt?.getTime() ?? 0) - beganAt.getTime()).toBeGreaterThanOrEqual(forMinutes * MINUTE);
          expect((recoveredAt?.getTime() ?? 0) - (firedAt?.getTime() ?? 0)).toBeGreaterThanOrEqual(
            clearMinutes * MINUTE,
          );
          before = recoveredAt?.getTime() ?? Infinity;
        }
      }
    },
  );
});

describe('a reading', () => {
  const reading = fc.record({
    value: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
    isBeyond: fc.boolean(),
    detail: fc.constant(''),
  });
  it('is never past a threshold and clear of it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALERT_RULES), reading, (rule, one) => {
        const { threshold } = RULE_FACTS[rule];
        expect(isPast(rule, threshold, one) && isClear(rule, threshold, one)).toBe(false);
      }),
    );
  });

  it('that wavers between past and clear changes nothing', () => {
    const setting = ruleSettings({})['price-delay'];
    const at = (minutes: number) => new Date(START + minutes * MINUTE);
    const read = (value: number): Reading => ({ value, isBeyond: false, detail: '' });
    let episode: Episode | null = null;
    const states: string[] = [];
    for (const [minutes, value] of [
      [0, 5],
      [1, 4.5],
      [5, 4.1],
      [9, 3],
      [10, 4.5],
      [11, 3],
      [12, 3],
      [13, 3],
    ] as const) {
      episode = nextEpisode('price-delay', setting, {
        current: episode,
        reading: read(value),
        now: at(minutes),
      });
      states.push(episode?.state ?? 'none');
    }
    expect(states).toEqual([...Array.from({ length: 7 }, () => 'firing'), 'recovered']);
  });

  it('of a rule that is switched off ends its episode', () => {
    const setting = ruleSettings({}).drift;
    const past: Reading = { value: 3, isBeyond: false, detail: '3' };
    const now = new Date(START);
    const firing = nextEpisode('drift', setting, { current: null, reading: past, now });
    expect(firing).toMatchObject({ state: 'firing', value: 3 });
    expect(
      nextEpisode('drift', { ...setting, isOn: false }, { current: firing, reading: past, now }),
    ).toMatchObject({ state: 'recovered' });
    expect(
      nextEpisode('drift', { ...setting, isOn: false }, { current: null, reading: past, now }),
    ).toBeNull();
  });
});
