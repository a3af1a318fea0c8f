import type { Role } from '~/core/roles';

interface RoleWords {
  label: string;
  note: string;
}

const WORDS: Record<Role, RoleWords> = {
  owner: { label: 'Owner', note: 'May do everything, people and stores included.' },
  merchandiser: {
    label: 'Merchandiser',
    note: 'Changes products: bulk edits, promotions, imports, syncs. Answers conflicts and held changes.',
  },
  reviewer: { label: 'Reviewer', note: 'Answers conflicts and held changes, and confirms bulk edits.' },
  'read-only': { label: 'Read-only', note: 'Sees everything and changes nothing.' },
};

export function roleWords(role: Role): RoleWords {
  return WORDS[role];
}
