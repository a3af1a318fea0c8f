/** What a key of the REST API may do, in words. */
import { API_SCOPES } from '~/core/api-scopes';
import type { ApiScope } from '~/core/api-scopes';

const WORDS: Record<ApiScope, { label: string; helpText: string }> = {
  'catalog:read': { label: 'Read the catalog', helpText: 'Products, prices and stock' },
  'catalog:write': {
    label: 'Write the catalog',
    helpText: 'Make and change products; what changes goes to Shopify',
  },
  'sync:write': { label: 'Start syncs', helpText: 'Also cancels them' },
  'bulk:write': { label: 'Bulk edits', helpText: 'Change many products at once, apply, cancel and undo' },
  'jobs:read': { label: 'Read syncs and bulk edits', helpText: 'Progress and results' },
  'conflicts:read': { label: 'Read conflicts', helpText: 'With the values of both sides' },
  'conflicts:write': { label: 'Answer conflicts', helpText: 'Decides which value stays' },
  'audit:read': { label: 'Read the audit log', helpText: 'Every change, and who caused it' },
};

/** A choice for each scope. */
export const SCOPE_CHOICES = API_SCOPES.map((scope) => ({ value: scope, ...WORDS[scope] }));

/** A scope as a choice says it; one that is not known any more says itself. */
export function scopeLabel(scope: string): string {
  return SCOPE_CHOICES.find(({ value }) => value === scope)?.label ?? scope;
}
