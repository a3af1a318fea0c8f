/** What a column of a product CSV that holds one field is: how it is called, read, cleared and written. */
import type { Reading } from './product-csv-cells';

export interface FieldColumn<Patch, State> {
  /** The header it is exported under. */
  header: string;
  /** Every header it goes by, in lower case. */
  names: string[];
  read(cell: string): Reading<Patch>;
  /** What the clear marker means; null where the field cannot be empty. */
  clear: Patch | null;
  write(state: State): string;
}

/** TRUE and FALSE as Shopify's own exports write them. */
export function writeBoolean(value: boolean): string {
  return value ? 'true' : 'false';
}
