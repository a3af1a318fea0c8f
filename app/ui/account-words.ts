import type { AccountEventKind } from '~/core/account-event';

const WORDS: Record<AccountEventKind, (detail: string) => string> = {
  'code-made': () => 'A code to join was made',
  'code-wrong': () => 'A wrong code was entered',
  'code-entered': (store) => `The code was entered in ${store}`,
  'join-confirmed': (store) => `${store} asked to join`,
  'join-refused': () => 'A store was refused',
  'join-cancelled': () => 'A store called its joining off',
  joined: (store) => `${store} joined`,
  left: (store) => `${store} left`,
  'role-changed': (detail) => `Role changed: ${detail}`,
  'member-named': (detail) => `Named: ${detail}`,
  'default-role-changed': (role) => `Default role: ${role}`,
};

/** What happened, as a line of a list. */
export function accountEventWords(kind: string, detail: string): string {
  const known = Object.entries(WORDS).find(([word]) => word === kind);
  return known === undefined ? kind : known[1](detail);
}
