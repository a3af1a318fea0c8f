/** The states Lockstep records, in a merchant's words. One place, so that every page says the same. */

type Tone = 'success' | 'info' | 'attention' | 'warning' | 'critical';

export interface StateWords {
  label: string;
  /** Absent: nothing to notice. */
  tone?: Tone;
  /** How far along, for the badge's sign: colour alone says nothing. */
  progress?: 'incomplete' | 'partiallyComplete' | 'complete';
}

const SYNC_STATES: Record<string, StateWords> = {
  'in-sync': { label: 'In sync', tone: 'success', progress: 'complete' },
  pending: { label: 'Waiting', progress: 'incomplete' },
  conflict: { label: 'Conflict', tone: 'warning', progress: 'partiallyComplete' },
  failed: { label: 'Failed', tone: 'critical', progress: 'incomplete' },
  ambiguous: { label: 'Needs a match', tone: 'attention', progress: 'incomplete' },
  held: { label: 'Held', tone: 'attention', progress: 'partiallyComplete' },
};

const RUN_STATES: Record<string, StateWords> = {
  queued: { label: 'Waiting to start', progress: 'incomplete' },
  adopting: { label: 'Reading the store', tone: 'info', progress: 'partiallyComplete' },
  running: { label: 'Running', tone: 'info', progress: 'partiallyComplete' },
  finished: { label: 'Finished', tone: 'success', progress: 'complete' },
  cancelled: { label: 'Cancelled', progress: 'incomplete' },
  failed: { label: 'Failed', tone: 'critical', progress: 'incomplete' },
};

const IMPORT_STATES: Record<string, StateWords> = {
  queued: { label: 'Waiting to start', progress: 'incomplete' },
  running: { label: 'Running', tone: 'info', progress: 'partiallyComplete' },
  finished: { label: 'Finished', tone: 'success', progress: 'complete' },
  cancelled: { label: 'Cancelled', progress: 'incomplete' },
  failed: { label: 'Failed', tone: 'critical', progress: 'incomplete' },
};

const END_STATES: Record<string, StateWords> = {
  pending: { label: 'Waiting', progress: 'incomplete' },
  applied: { label: 'Applied', tone: 'success', progress: 'complete' },
  skipped: { label: 'Nothing to do', progress: 'complete' },
  conflicted: { label: 'Conflict', tone: 'warning', progress: 'partiallyComplete' },
  failed: { label: 'Failed', tone: 'critical', progress: 'incomplete' },
  cancelled: { label: 'Cancelled', progress: 'incomplete' },
};

const DELIVERY_STATES: Record<string, StateWords> = {
  waiting: { label: 'On its way', tone: 'info', progress: 'partiallyComplete' },
  sent: { label: 'Sent', tone: 'success', progress: 'complete' },
  failed: { label: 'Failed', tone: 'critical', progress: 'incomplete' },
};

const STATUSES: Record<string, StateWords> = {
  ACTIVE: { label: 'Active', tone: 'success' },
  DRAFT: { label: 'Draft', tone: 'info' },
  ARCHIVED: { label: 'Archived' },
  UNLISTED: { label: 'Unlisted', tone: 'attention' },
};

const TRIGGERS: Record<string, string> = {
  manual: 'Sync now',
  'first-sync': 'First sync',
  approved: 'Approved changes',
  import: 'After an import',
  retry: 'Retry',
  schedule: 'On schedule',
  api: 'API',
  edit: 'Bulk edit',
  source: 'Your database',
  rules: 'New store rules',
};

const SKIPS: Record<string, string> = {
  unchanged: 'Unchanged since the last sync',
  'unchanged-products': 'Whole products in which nothing moved',
  converged: 'Both sides already held the same value',
  unmanaged: 'Not managed by your catalog',
  'only-in-shopify': 'Made in Shopify and left alone',
  'deleted-in-shopify': 'Deleted in Shopify and not made again',
  'not-chosen': 'Not chosen by the rules of this store',
  'not-possible': 'Shopify cannot take it now',
};

const JOBS: Record<string, string> = {
  'run-sync': 'Planning a sync run',
  'sync-products': 'Syncing products',
  'sync-bulk': 'Syncing many products at once',
  'import-catalog': 'Importing a file',
  'handle-webhooks': 'Following a change that Shopify told of',
  'reconcile-store': 'Checking the store',
  'plan-bulk-edit': 'Planning a bulk edit',
  'apply-bulk-edit': 'Applying a bulk edit',
  'upload-picture': 'Uploading a picture',
  'turn-promotions': 'Beginning and ending promotions',
  'warm-cache': 'Refreshing what work will need',
  'import-orders': 'Reading orders',
};

/** Where a product stands between catalog and Shopify. A word that is not known is shown as it is. */
export const syncStateWords = (state: string): StateWords => SYNC_STATES[state] ?? { label: state };
export const runStateWords = (state: string): StateWords => RUN_STATES[state] ?? { label: state };
export const importStateWords = (state: string): StateWords => IMPORT_STATES[state] ?? { label: state };
/** What became of a product in a run. */
export const endStateWords = (state: string): StateWords => END_STATES[state] ?? { label: state };
/** What became of a message to a channel of alerts. */
export const deliveryStateWords = (state: string): StateWords => DELIVERY_STATES[state] ?? { label: state };
/** A product's status in Shopify's own names. */
export const statusWords = (status: string): StateWords => STATUSES[status] ?? { label: status };
export const triggerWords = (trigger: string): string => TRIGGERS[trigger] ?? trigger;
export const skipWords = (reason: string): string => SKIPS[reason] ?? reason;
export const jobWords = (job: string): string => JOBS[job] ?? job;

export const SYNC_STATE_CHOICES = Object.entries(SYNC_STATES).map(([value, { label }]) => ({ value, label }));
export const STATUS_CHOICES = Object.entries(STATUSES).map(([value, { label }]) => ({ value, label }));

export const isRunActive = (state: string): boolean => ['queued', 'adopting', 'running'].includes(state);
export const isImportActive = (state: string): boolean => state === 'queued' || state === 'running';
