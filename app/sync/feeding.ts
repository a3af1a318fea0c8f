/** What the parts of a feeding hand to each other. */
import type { SourceMapping, SourceRow } from '~/core/source-mapping';

/** A source that this process feeds. */
export interface Feeding {
  sourceId: string;
  accountId: string;
  holder: string;
  mapping: SourceMapping;
  mappingVersion: number;
  generation: number;
}

/** All rows of a product; none where it has none any more. */
export interface SourceRows {
  key: string;
  rows: SourceRow[];
}
