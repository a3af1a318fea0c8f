/** An episode: from the moment a rule's value is past its threshold until it is over. At most one a store and rule. */
import { RULE_FACTS, isClear, isPast } from './alert-rules';
import type { AlertRule, Reading, RuleSetting, Severity } from './alert-rules';

export interface Episode {
  rule: AlertRule;
  /** As the rule was set when it began: a change of the rule changes nothing about what people were told. */
  severity: Severity;
  threshold: number;
  /** 'pending': past the threshold, but not for long enough to tell anybody. */
  state: 'pending' | 'firing' | 'recovered';
  /** As last measured while it was past. */
  value: number | null;
  detail: string;
  beganAt: Date;
  firedAt: Date | null;
  /** Since when the value is clear, while that is not yet long enough. */
  clearSince: Date | null;
  recoveredAt: Date | null;
}

const MINUTE_MS = 60_000;
const hasLasted = (since: Date, now: Date, minutes: number) =>
  now.getTime() - since.getTime() >= minutes * MINUTE_MS;

/** What a reading makes of the store's episode of a rule; null: there is none. A recovered one is never taken up again. */
export function nextEpisode(
  rule: AlertRule,
  setting: RuleSetting,
  { current, reading, now }: { current: Episode | null; reading: Reading; now: Date },
): Episode | null {
  if (current === null || current.state === 'recovered') {
    if (!setting.isOn || !isPast(rule, setting.threshold, reading)) return null;
    const { severity, threshold } = setting;
    const { value, detail } = reading;
    return raised({
      ...{ rule, severity, threshold, state: 'pending', value, detail },
      ...{ beganAt: now, firedAt: null, clearSince: null, recoveredAt: null },
      now,
    });
  }
  if (current.state === 'pending') {
    if (!setting.isOn || !isPast(rule, setting.threshold, reading)) return null;
    const { severity, threshold } = setting;
    return raised({ ...current, ...toldBy(reading), severity, threshold, now });
  }
  if (!setting.isOn) return { ...current, state: 'recovered', recoveredAt: now };
  // By the rule as it is now: a threshold that was raised ends what it no longer complains of.
  if (!isClear(rule, setting.threshold, reading))
    return {
      ...current,
      ...(isPast(rule, setting.threshold, reading) ? toldBy(reading) : {}),
      clearSince: null,
    };
  const clearSince = current.clearSince ?? now;
  return hasLasted(clearSince, now, RULE_FACTS[rule].clearMinutes)
    ? { ...current, clearSince, state: 'recovered', recoveredAt: now }
    : { ...current, clearSince };
}

const toldBy = ({ value, detail }: Reading) => ({ value, detail });

function raised({ now, ...episode }: Episode & { now: Date }): Episode {
  return hasLasted(episode.beganAt, now, RULE_FACTS[episode.rule].forMinutes)
    ? { ...episode, state: 'firing', firedAt: now }
    : episode;
}
