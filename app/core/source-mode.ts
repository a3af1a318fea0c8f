/** The ways in which a merchant's own database tells what changed, and what can be relied on in each. */
import type { DatabaseKind } from './database-kind';

export const sourceModes = ['stream', 'outbox', 'scan'] as const;
export type SourceMode = (typeof sourceModes)[number];

/** Of a text that was stored. */
export const modeOf = (text: string): SourceMode => sourceModes.find((mode) => mode === text) ?? 'stream';

type Guarantees = Record<SourceMode, { name: string; guarantee: string }>;

const SCAN = {
  name: 'Scan of a date column, where neither is allowed',
  guarantee:
    'Rows are seen within seconds where their date of change moves with them. Deletes, and changes that leave the date as it is, are found only when all rows are read again, once a day; so is what a transaction of more than five minutes wrote.',
};

export const modeGuarantees: Record<DatabaseKind, Guarantees> = {
  postgresql: {
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
    scan: SCAN,
  },
  mysql: {
    stream: {
      name: 'Binary log (best)',
      guarantee:
        'Every committed insert, update and delete is seen, in order, within about a second, if the log tells whole rows. What a foreign key deletes or changes (CASCADE) is in no log and is not seen. After TRUNCATE, ALTER TABLE and the like all rows are read again, and so they are when your server deletes its log before Lockstep has read it. It costs your database next to nothing.',
    },
    outbox: {
      name: 'Triggers, where the binary log may not be read',
      guarantee:
        'Every committed insert, update and delete is seen within about two seconds; TRUNCATE, and what a foreign key deletes or changes (CASCADE), is not. Each changed row costs your database one or two small rows more.',
    },
    scan: SCAN,
  },
};
