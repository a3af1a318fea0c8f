/**
 * How a store joins another one's account: a code is made in one of its stores, entered and confirmed in the store that
 * joins, and approved where it was made. Each step is taken at most once, and none after the end.
 */
export const JOIN_STATES = ['open', 'entered', 'confirmed', 'joined', 'refused', 'cancelled'] as const;
export type JoinState = (typeof JOIN_STATES)[number];

export interface Joining {
  state: JoinState;
  /** The store that joins, from 'entered' on. */
  shopId: string | null;
  /** When what is to be done next must have been done. */
  expiresAt: Date;
}

export type JoinStep =
  | { kind: 'enter'; shopId: string }
  | { kind: 'confirm'; shopId: string }
  | { kind: 'approve' }
  /** By the account. */
  | { kind: 'refuse' }
  /** By the store that joins, or because a newer code takes its place. */
  | { kind: 'cancel' };

/** Once the store that joins has confirmed, somebody of the account approves within a day. */
export const APPROVAL_HOURS = 24;

export type StepOutcome =
  | { kind: 'taken'; joining: Joining }
  | { kind: 'not-possible'; why: 'expired' | 'used' | 'ended' | 'not-yet' };

const ENDED: readonly JoinState[] = ['joined', 'refused', 'cancelled'];

/** Whether anything can still become of it. */
export function isUnderWay({ state, expiresAt }: Pick<Joining, 'state' | 'expiresAt'>, now: Date): boolean {
  return !ENDED.includes(state) && now < expiresAt;
}

/** What a step makes of a joining, or why it cannot be taken now. */
export function takeStep(joining: Joining, step: JoinStep, now: Date): StepOutcome {
  const { state, shopId } = joining;
  if (ENDED.includes(state)) return { kind: 'not-possible', why: 'ended' };
  if (now >= joining.expiresAt) return { kind: 'not-possible', why: 'expired' };
  const taken = (to: JoinState, more: Partial<Joining> = {}): StepOutcome => ({
    kind: 'taken',
    joining: { ...joining, ...more, state: to },
  });
  switch (step.kind) {
    case 'enter':
      return state === 'open'
        ? taken('entered', { shopId: step.shopId })
        : { kind: 'not-possible', why: 'used' };
    case 'confirm':
      if (state !== 'entered' || shopId !== step.shopId) return { kind: 'not-possible', why: 'used' };
      return taken('confirmed', { expiresAt: new Date(now.getTime() + APPROVAL_HOURS * 3_600_000) });
    case 'approve':
      return state === 'confirmed' ? taken('joined') : { kind: 'not-possible', why: 'not-yet' };
    case 'refuse':
      return taken('refused');
    case 'cancel':
      return taken('cancelled');
  }
}
