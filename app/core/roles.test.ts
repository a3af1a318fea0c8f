import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CAPABILITIES,
  DEFAULT_ROLE,
  ROLES,
  checkRoleChange,
  may,
  readRole,
  refusalOf,
  roleOf,
} from './roles';

const role = fc.constantFrom(...ROLES);

describe('what a role may do', () => {
  it('shrinks from one role to the next, and everybody may look', () => {
    const table = ROLES.map((each) => CAPABILITIES.filter((capability) => may(each, capability)));
    expect(table).toEqual([
      ['view', 'review', 'edit', 'manage'],
      ['view', 'review', 'edit'],
      ['view', 'review'],
      ['view'],
    ]);
    expect(may(DEFAULT_ROLE, 'edit')).toBe(true);
  });

  it('is the least for a word that is no role', () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        const read = readRole(word);
        const isRole = ROLES.some((each) => each === word);
        expect(read).toBe(isRole ? word : 'read-only');
      }),
    );
  });

  it('is what was said of the person, else the default', () => {
    fc.assert(
      fc.property(fc.option(role), role, (own, fallback) => {
        expect(roleOf({ role: own }, fallback)).toBe(own ?? fallback);
      }),
    );
  });

  it('is refused with the role and who can change it', () => {
    const told = refusalOf('read-only', 'edit', ['Ada', 'user 7']);
    expect(told).toContain('read-only');
    expect(told).toContain('Ada, user 7');
    expect(refusalOf('reviewer', 'manage', [])).toContain('An owner can change it');
  });
});

describe('changing roles', () => {
  const members = fc.uniqueArray(fc.record({ userId: fc.constantFrom('1', '2', '3', '4'), role }), {
    selector: ({ userId }) => userId,
    minLength: 1,
  });

  it('never leaves a store that has an owner without one, and forbids nothing else', () => {
    fc.assert(
      fc.property(members, fc.constantFrom('1', '2', '3', '4'), role, (people, userId, wanted) => {
        const after = people.map((one) => (one.userId === userId ? { ...one, role: wanted } : one));
        const owns = (list: typeof people) => list.some((one) => one.role === 'owner');
        const refused = checkRoleChange(people, { userId, role: wanted }).kind === 'last-owner';
        expect(refused).toBe(owns(people) && !owns(after));
      }),
    );
  });
});
