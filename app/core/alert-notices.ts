/**
 * Who is told what of episodes: each channel once that an episode fires, again after some hours while it lasts, and once that
 * it is over. During quiet hours what is not critical waits; what began and ended meanwhile is told as passed.
 */
import type { Severity } from './alert-rules';

/** 'passed': it fired and recovered before the channel could be told of either. */
export type NoticeKind = 'fired' | 'reminder' | 'recovered' | 'passed';

export interface ToldEpisode {
  id: string;
  severity: Severity;
  state: 'firing' | 'recovered';
  recoveredAt: Date | null;
}

export interface NoticeChannel {
  id: string;
  /** Since when it is in use: what was over before is not told. */
  onSince: Date;
  onlyCritical: boolean;
}

/** What a channel was told of an episode. */
export interface Told {
  episodeId: string;
  channelId: string;
  firedAt: Date;
  remindedAt: Date | null;
  recoveredAt: Date | null;
}

export interface Notice {
  episodeId: string;
  channelId: string;
  kind: NoticeKind;
}

/** What is to be told now. Whoever tells it notes it in the same step (`noted`), so that nothing is told twice. */
export function planNotices(input: {
  episodes: ToldEpisode[];
  channels: NoticeChannel[];
  told: Told[];
  isQuiet: boolean;
  remindAfterMs: number;
  now: Date;
}): Notice[] {
  const { episodes, channels, isQuiet, remindAfterMs, now } = input;
  const told = new Map(input.told.map((one) => [`${one.episodeId} ${one.channelId}`, one]));
  return channels.flatMap((channel) =>
    episodes.flatMap((episode): Notice[] => {
      if (isQuiet && episode.severity !== 'critical') return [];
      const kind = kindOf(episode, channel, told.get(`${episode.id} ${channel.id}`), { remindAfterMs, now });
      return kind === null ? [] : [{ episodeId: episode.id, channelId: channel.id, kind }];
    }),
  );
}

function kindOf(
  episode: ToldEpisode,
  channel: NoticeChannel,
  told: Told | undefined,
  { remindAfterMs, now }: { remindAfterMs: number; now: Date },
): NoticeKind | null {
  if (told === undefined) {
    if (channel.onlyCritical && episode.severity !== 'critical') return null;
    if (episode.state === 'firing') return 'fired';
    return episode.recoveredAt !== null && episode.recoveredAt >= channel.onSince ? 'passed' : null;
  }
  // Whoever was told that it began is told that it is over, whatever the channel is set to by now.
  if (episode.state === 'recovered') return told.recoveredAt === null ? 'recovered' : null;
  const last = told.remindedAt ?? told.firedAt;
  return now.getTime() - last.getTime() >= remindAfterMs ? 'reminder' : null;
}

/** What the channel knows after a notice. */
export function noted(notice: Notice, before: Told | undefined, now: Date): Told {
  const { episodeId, channelId, kind } = notice;
  const known = before ?? { episodeId, channelId, firedAt: now, remindedAt: null, recoveredAt: null };
  switch (kind) {
    case 'fired':
      return known;
    case 'reminder':
      return { ...known, remindedAt: now };
    case 'recovered':
    case 'passed':
      return { ...known, recoveredAt: now };
  }
}
