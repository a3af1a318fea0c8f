/** Matches the variants of a file to those of the catalog: by option values, then by SKU. Pure. */
import type {
  CatalogProductState,
  CatalogVariantState,
  ProductPatch,
  VariantPatch,
} from '~/core/catalog-product';
import type { Patching } from './patching';

const defaultTitle = 'Default Title';

/** A variant of the file, its whole option values, and the variant of the catalog it is (null: a new one). */
export interface VariantMatch {
  patch: VariantPatch;
  optionValues: string[];
  existing: CatalogVariantState | null;
}

function sameWord(one: string | null | undefined, other: string): boolean {
  return (one ?? '').trim().toLowerCase() === other.toLowerCase();
}

function keyOf(values: (string | null)[]): string {
  return JSON.stringify(values.map((value) => (value ?? '').trim()));
}

/**
 * The option names after the import; none where the product only has Shopify's placeholder "Title: Default Title".
 * Null, with the product rejected, where the names cannot be.
 */
export function mergedOptionNames(
  current: CatalogProductState | null,
  patch: ProductPatch,
  patching: Patching,
): string[] | null {
  const existing = current === null ? [] : current.options.map(({ name }) => name);
  const named = patch.optionNames.slice();
  while (named.length > 0 && named.at(-1) === null) named.pop();
  if (named.length === 0) return existing;
  const onlyDefault = patch.variants.every(({ optionValues }) =>
    optionValues.every((value, index) =>
      index === 0 ? value === null || sameWord(value, defaultTitle) : value === null,
    ),
  );
  if (
    named.length === 1 &&
    sameWord(named[0], 'Title') &&
    onlyDefault &&
    !(existing.length === 1 && sameWord(existing[0], 'Title'))
  )
    return [];
  const names: string[] = [];
  for (const [index, name] of named.entries()) {
    const old = existing[index];
    const kept = old !== undefined && (name === null || old.trim() === name) ? old : name;
    if (kept === null) {
      patching.rejectProduct(
        `Option${index + 1} Name`,
        'An option has no name although a later one has.',
        'Name the options from the first on, without gaps.',
      );
      return null;
    }
    names.push(kept);
  }
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    patching.rejectProduct(
      'Option1 Name',
      'Two options have the same name.',
      'Give each option a name of its own.',
    );
    return null;
  }
  return names;
}

/** The row's values, one an option; null where blank. Null, with the row rejected, where it has too many. */
function valuesOf(patch: VariantPatch, names: string[], patching: Patching): (string | null)[] | null {
  const beyond = patch.optionValues.findIndex((value, index) => index >= names.length && value !== null);
  const onlyDefault = names.length === 0 && beyond === 0 && sameWord(patch.optionValues[0], defaultTitle);
  if (beyond !== -1 && !onlyDefault) {
    patching.rejectRow(
      patch.line,
      `Option${beyond + 1} Value`,
      patch.optionValues[beyond] ?? null,
      `The product has no option ${beyond + 1}.`,
      `Write its name under "Option${beyond + 1} Name" on the first row of the product.`,
    );
    return null;
  }
  return names.map((_, index) => patch.optionValues[index] ?? null);
}

/** The catalog's variant with this SKU, where there is exactly one that no row has taken. */
function bySku(free: Set<CatalogVariantState>, patch: VariantPatch): CatalogVariantState | null {
  const { sku } = patch.fields;
  if (sku === undefined || sku === null) return null;
  const found = [...free].filter((variant) => variant.fields.sku?.trim() === sku);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Takes the only variant of a product where the row does not say which, or where the product gets its first options. */
function onlyOne(
  current: CatalogVariantState[],
  free: Set<CatalogVariantState>,
  values: (string | null)[],
): CatalogVariantState | null {
  const [only] = current;
  if (only === undefined || current.length > 1 || !free.has(only)) return null;
  const blank = values.every((value) => value === null);
  return blank || only.optionValues.length !== values.length ? only : null;
}

/**
 * Pairs each variant of the file with one of the catalog, or with none (it is new), in the file's order. Rows that can
 * be neither are rejected. `names`: the options after the import.
 */
export function matchVariants(
  current: CatalogVariantState[],
  names: string[],
  patches: VariantPatch[],
  patching: Patching,
): VariantMatch[] {
  const free = new Set(current);
  const byValues = new Map(current.map((variant) => [keyOf(variant.optionValues), variant]));
  const found = new Map<VariantPatch, { values: (string | null)[]; existing: CatalogVariantState | null }>();

  for (const patch of patches) {
    const values = valuesOf(patch, names, patching);
    if (values === null) continue;
    const existing = values.includes(null) ? undefined : byValues.get(keyOf(values));
    const taken = existing !== undefined && free.delete(existing) ? existing : null;
    found.set(patch, { values, existing: taken });
  }
  for (const [patch, match] of found) {
    if (match.existing !== null) continue;
    match.existing = bySku(free, patch) ?? onlyOne(current, free, match.values);
    if (match.existing !== null) free.delete(match.existing);
  }
  if ([...free].some((variant) => variant.optionValues.length !== names.length)) {
    patching.rejectProduct(
      'Option1 Name',
      `The file gives the product ${names.length} options; variants of the catalog that the file does not list have another number of options.`,
      'List every variant of the product with its SKU, or keep the number of options.',
    );
    return [];
  }

  const taken = new Set([...free].map((variant) => keyOf(variant.optionValues)));
  const matches: VariantMatch[] = [];
  for (const [patch, { values, existing }] of found) {
    const complete = completeValues(patch, values, existing, names, patching);
    if (complete === null) continue;
    if (taken.has(keyOf(complete))) {
      rejectRepeat(patch, complete, patching);
      continue;
    }
    taken.add(keyOf(complete));
    matches.push({ patch, optionValues: complete, existing });
  }
  return matches;
}

function completeValues(
  patch: VariantPatch,
  values: (string | null)[],
  existing: CatalogVariantState | null,
  names: string[],
  patching: Patching,
): string[] | null {
  const complete: string[] = [];
  for (const [index, value] of values.entries()) {
    const old = existing?.optionValues[index];
    const kept = value === null || old?.trim() === value ? (old ?? value) : value;
    if (kept === null) {
      patching.rejectRow(
        patch.line,
        `Option${index + 1} Value`,
        null,
        `The variant has no value for the option "${names[index] ?? ''}", and its SKU does not say which variant it is.`,
        'Write the value, or the SKU of a variant that the catalog has.',
      );
      return null;
    }
    complete.push(kept);
  }
  return complete;
}

function rejectRepeat(patch: VariantPatch, values: string[], patching: Patching): void {
  if (values.length === 0)
    patching.rejectRow(
      patch.line,
      'Option1 Value',
      null,
      'The product has no options, so it has one variant, and that is there already.',
      'Name the option under "Option1 Name" on the first row of the product and write its value on each row.',
    );
  else
    patching.rejectRow(
      patch.line,
      'Option1 Value',
      values.join(' / '),
      'Another variant of the product has the same option values.',
      'Give each variant a combination of option values of its own.',
    );
}
