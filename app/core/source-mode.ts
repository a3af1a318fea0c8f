/** The ways in which a merchant's own database tells what changed, and what can be relied on in each. */

export const sourceModes = ['stream', 'outbox', 'scan'] as const;
export type SourceMode = (typeof sourceModes)[number];

/** Of a text that was stored. */
export const modeOf = (text: string): SourceMode => sourceModes.find((mode) => mode === text) ?? 'stream';

export const modeGuarantees: Record<SourceMode, { name: string; guarantee: string }> = {
  stream: {
    name: 'Replication stream (best)',
    guarantee:
      'Every committed insert, update and delete is seen, in order, within about a second. It costs your database next to nothing.',
  },
  outbox: {
    name: 'Triggers, where replication is not allowed',
    guarantee:
      'Every committed insert, update and delete is seen within about a second; TRUNCATE is not. Each changed row costs your database one small row more.',
  },
  scan: {
    name: 'Scan of a date column, where neither is allowed',
    guarantee:
      'Rows are seen within seconds where their date of change moves with them. Deletes, and changes that leave the date as it is, are found only when all rows are read again, once a day; so is what a transaction of more than five minutes wrote.',
  },
};
