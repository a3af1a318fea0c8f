/** What is kept of who did what to an account: which stores belong to it, and what its people may do. */
export const ACCOUNT_EVENTS = [
  'code-made',
  'code-wrong',
  'code-entered',
  'join-confirmed',
  'join-refused',
  'join-cancelled',
  'joined',
  'left',
  'role-changed',
  'member-named',
  'default-role-changed',
] as const;
export type AccountEventKind = (typeof ACCOUNT_EVENTS)[number];
