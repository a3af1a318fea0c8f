/** What a key of the REST API may do. */
export const API_SCOPES = [
  'catalog:read',
  'catalog:write',
  'sync:write',
  'bulk:write',
  'jobs:read',
  'conflicts:read',
  'conflicts:write',
  'audit:read',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];
