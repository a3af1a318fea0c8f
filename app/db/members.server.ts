/** People who open the app in a store, and what they may do there. */
import { readRole, roleOf } from '~/core/roles';
import type { Role } from '~/core/roles';
import type { Database, Queryable } from './client.server';

/** When somebody was last seen is written at most this often. */
const SEEN_EVERY_MS = 3_600_000;

export interface MemberRow {
  userId: string;
  name: string;
  /** Null: the default of the account. */
  ownRole: Role | null;
  role: Role;
  firstSeenAt: Date;
  lastSeenAt: Date;
}

/** How people of a store are called. */
export function memberName({ userId, name }: { userId: string; name: string }): string {
  return name === '' ? `user ${userId}` : name;
}

async function findRole(db: Queryable, shopId: string, userId: string) {
  const [row] = await db.$queryRaw<{ role: string | null; defaultRole: string; lastSeenAt: Date | null }[]>`
    SELECT member.role, account.default_role AS "defaultRole", member.last_seen_at AS "lastSeenAt"
    FROM app.shop JOIN app.account ON account.id = shop.account_id
    LEFT JOIN app.member ON member.shop_id = shop.id AND member.user_id = ${userId}
    WHERE shop.id = ${shopId}::uuid`;
  return row;
}

/**
 * Notes that somebody opened the app in a store, and answers what they are there. Whoever is the first is its owner: it takes
 * the permission to install apps to come that far.
 */
export async function rememberMember(
  db: Database,
  { shopId, userId, now }: { shopId: string; userId: string; now: Date },
): Promise<Role> {
  const known = await findRole(db, shopId, userId);
  if (known === undefined) return 'read-only';
  const seen = known.lastSeenAt;
  if (seen === null) {
    await db.$transaction(async (tx) => {
      // Of two that come first at the same time one is the owner: the other counts after it.
      await tx.$executeRaw`SELECT 1 FROM app.shop WHERE id = ${shopId}::uuid FOR UPDATE`;
      const role = (await tx.member.count({ where: { shopId } })) === 0 ? 'owner' : null;
      await tx.member.createMany({
        data: { shopId, userId, role, firstSeenAt: now, lastSeenAt: now },
        skipDuplicates: true,
      });
    });
    const made = await findRole(db, shopId, userId);
    return made === undefined ? 'read-only' : roleOf(made, made.defaultRole);
  }
  if (now.getTime() - seen.getTime() > SEEN_EVERY_MS)
    await db.member.updateMany({ where: { shopId, userId }, data: { lastSeenAt: now } });
  return roleOf(known, known.defaultRole);
}

/** Everybody who opened the app in the store, who came first at the top; and the default of the account. */
export async function readMembers(
  db: Queryable,
  shopId: string,
): Promise<{ members: MemberRow[]; defaultRole: Role }> {
  const { account } = await db.shop.findUniqueOrThrow({
    where: { id: shopId },
    select: { account: { select: { defaultRole: true } } },
  });
  const rows = await db.member.findMany({
    where: { shopId },
    orderBy: [{ firstSeenAt: 'asc' }, { userId: 'asc' }],
  });
  const members = rows.map(({ userId, name, role, firstSeenAt, lastSeenAt }) => ({
    ...{ userId, name, firstSeenAt, lastSeenAt },
    ownRole: role === null ? null : readRole(role),
    role: roleOf({ role }, account.defaultRole),
  }));
  return { members, defaultRole: readRole(account.defaultRole) };
}

/** What the owners of a store are called. */
export async function ownerNames(db: Queryable, shopId: string): Promise<string[]> {
  const { members } = await readMembers(db, shopId);
  return members.filter(({ role }) => role === 'owner').map(memberName);
}
