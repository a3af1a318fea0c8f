/** What became of a message that was handed to somebody's server. */
export type AddressOutcome =
  | { kind: 'sent' }
  /** Not taken now: it may be later. */
  | { kind: 'failed'; reason: string; remedy: string }
  /** Not taken however often it is sent. */
  | { kind: 'refused'; reason: string; remedy: string };
