/** What people of a store may do in the app. */

export const CAPABILITIES = ['view', 'review', 'edit', 'manage'] as const;
/**
 * view: read every page. review: answer what waits for a person (conflicts, held changes, matches, confirmations). edit:
 * change products and what is sold (bulk edits, promotions, imports, syncs). manage: settings, API keys, the source,
 * alerts, people and stores.
 */
export type Capability = (typeof CAPABILITIES)[number];

export const ROLES = ['owner', 'merchandiser', 'reviewer', 'read-only'] as const;
export type Role = (typeof ROLES)[number];

/** Nobody said otherwise: as before there were roles, but for what only an owner should do. */
export const DEFAULT_ROLE: Role = 'merchandiser';

const MAY: Record<Role, readonly Capability[]> = {
  owner: CAPABILITIES,
  merchandiser: ['view', 'review', 'edit'],
  reviewer: ['view', 'review'],
  'read-only': ['view'],
};

export function may(role: Role, capability: Capability): boolean {
  return MAY[role].includes(capability);
}

/** The role of a stored word; of one that nobody knows any more, the least. */
export function readRole(word: string): Role {
  return ROLES.find((role) => role === word) ?? 'read-only';
}

/** What somebody may do: what was said of them, else what holds for the account. */
export function roleOf(member: { role: string | null }, defaultRole: string): Role {
  return readRole(member.role ?? defaultRole);
}

/** How a refusal calls what was asked for. */
const DEEDS: Record<Capability, string> = {
  view: 'see this',
  review: 'answer what waits for a decision',
  edit: 'change products or start syncs',
  manage: 'change settings, people and stores',
};

/** Why somebody may not do what they asked for, and who can change that; `owners` as people call them. */
export function refusalOf(role: Role, capability: Capability, owners: string[]): string {
  const who = owners.length === 0 ? 'An owner' : `An owner (${owners.join(', ')})`;
  return `Your role is ${role}: it may not ${DEEDS[capability]}. ${who} can change it on the page People.`;
}

export type RoleChange = { kind: 'possible' } | { kind: 'last-owner' };

/** A store without an owner could never have one again: the last one stays. */
export function checkRoleChange(
  members: { userId: string; role: Role }[],
  change: { userId: string; role: Role },
): RoleChange {
  const owners = members.filter(({ role }) => role === 'owner');
  const isLast = owners.length === 1 && owners[0]?.userId === change.userId && change.role !== 'owner';
  return isLast ? { kind: 'last-owner' } : { kind: 'possible' };
}
