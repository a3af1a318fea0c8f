/** Read model of the changes of the catalog that wait for an approval. */
import type { GuardFinding } from '~/core/edit-guard';
import type { Queryable } from '../client.server';
import { openHold } from '../source-holds.server';
import { guardFindings } from './bulk-edits.server';

export interface Hold {
  id: string;
  products: number;
  findings: GuardFinding[];
  foundAt: string;
  /** When it was last compared with what the catalog holds. */
  lookedAt: string;
}

/** The open hold of a shop. */
export async function readHold(db: Queryable, shopId: string): Promise<Hold | null> {
  const hold = await openHold(db, shopId);
  if (hold === null) return null;
  const { id, products, findings, foundAt, lookedAt } = hold;
  return {
    id,
    products,
    findings: guardFindings.parse(findings),
    foundAt: foundAt.toISOString(),
    lookedAt: lookedAt.toISOString(),
  };
}
