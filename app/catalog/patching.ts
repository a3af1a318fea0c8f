/** Collects what of a product's patch could not be applied. */
import type { ImportProblem, ProductPatch } from '~/core/catalog-product';

export class Patching {
  readonly problems: ImportProblem[] = [];
  /** True once the product as a whole cannot be taken. */
  refused = false;
  private readonly rejectedLines = new Set<number>();

  constructor(private readonly patch: ProductPatch) {}

  get rowsRejected(): number {
    return this.refused ? this.patch.lines.length : this.rejectedLines.size;
  }

  /** Leaves one row out. */
  rejectRow(line: number, column: string | null, value: string | null, reason: string, remedy: string): void {
    this.rejectedLines.add(line);
    this.problems.push({ line, handle: this.patch.handle, column, value, reason, remedy, left: 'row' });
  }

  /** Leaves every row of the product out; the problem names the first. */
  rejectProduct(column: string | null, reason: string, remedy: string): void {
    this.refused = true;
    const line = this.patch.lines[0] ?? 0;
    this.problems.push({ line, handle: this.patch.handle, column, value: null, reason, remedy, left: 'row' });
  }
}
