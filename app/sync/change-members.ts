/** What owners say of the people of a store. */
import { checkRoleChange } from '~/core/roles';
import type { Role } from '~/core/roles';
import { noteAccountEvent } from '~/db/account-events.server';
import type { AccountActor } from '~/db/account-events.server';
import { memberName, readMembers } from '~/db/members.server';
import { lockShop } from '~/db/work-under-way.server';
import type { Resources } from './resources';

export type ChangedMember = { kind: 'changed' } | { kind: 'refused'; reason: string; remedy: string };

const UNKNOWN: ChangedMember = {
  kind: 'refused',
  reason: 'This person has not opened the app in this store.',
  remedy: 'Read the page again.',
};

/** Gives somebody a role of their own, or, with null, the default. The last owner stays one. */
export async function setMemberRole(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  by: AccountActor,
  { userId, role }: { userId: string; role: Role | null },
): Promise<ChangedMember> {
  const { shopId, actor } = by;
  return db.$transaction(async (tx): Promise<ChangedMember> => {
    // One change at a time: two owners must not take each other's role away.
    const shop = await lockShop(tx, shopId);
    const { members, defaultRole } = await readMembers(tx, shopId);
    const member = members.find((one) => one.userId === userId);
    if (shop === null || member === undefined) return UNKNOWN;
    const change = { userId, role: role ?? defaultRole };
    if (checkRoleChange(members, change).kind === 'last-owner')
      return {
        kind: 'refused',
        reason: `${memberName(member)} is the only owner, and cannot become ${change.role}.`,
        remedy: 'Make somebody else an owner first.',
      };
    const at = now();
    await tx.member.update({
      where: { shopId_userId: { shopId, userId } },
      data: { role, changedBy: actor, changedAt: at },
    });
    const detail = `user ${userId}: ${member.role} to ${role ?? `the default (${defaultRole})`}`;
    await noteAccountEvent(tx, by, { accountId: shop.accountId, kind: 'role-changed', detail, at });
    return { kind: 'changed' };
  });
}

/** Names somebody: Shopify tells the app only a number. Empty: the number. */
export async function nameMember(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  by: AccountActor,
  { userId, name }: { userId: string; name: string },
): Promise<ChangedMember> {
  const { shopId } = by;
  return db.$transaction(async (tx): Promise<ChangedMember> => {
    const { count } = await tx.member.updateMany({ where: { shopId, userId }, data: { name } });
    if (count === 0) return UNKNOWN;
    const { accountId } = await tx.shop.findUniqueOrThrow({
      where: { id: shopId },
      select: { accountId: true },
    });
    await noteAccountEvent(tx, by, {
      ...{ accountId, kind: 'member-named', at: now() },
      detail: `user ${userId}: ${name}`,
    });
    return { kind: 'changed' };
  });
}

/** What people are of whom nobody said anything, in all stores of the account. */
export async function setDefaultRole(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  by: AccountActor,
  { role }: { role: Role },
): Promise<ChangedMember> {
  return db.$transaction(async (tx): Promise<ChangedMember> => {
    const { accountId } = await tx.shop.findUniqueOrThrow({
      where: { id: by.shopId },
      select: { accountId: true },
    });
    await tx.account.update({ where: { id: accountId }, data: { defaultRole: role } });
    const at = now();
    await noteAccountEvent(tx, by, { accountId, kind: 'default-role-changed', detail: role, at });
    return { kind: 'changed' };
  });
}
