import { describe, expect, it } from 'vitest';
import { askedAgain } from './asked-again';
import type { PlannedField } from './bulk-edit';
import type { FieldPath } from './decision';

const path = (field: string, variant: string | null = null): FieldPath => ({ variant, field });
const plan = (...paths: FieldPath[]): PlannedField[] =>
  paths.map((one) => ({ path: one, before: 'a', after: 'b', outcome: 'change', warnings: [] }));
const paths = (fields: PlannedField[]) => fields.map((field) => field.path);

describe('askedAgain', () => {
  it('asks for the moved price of one variant, not for the other variant nor for its other fields', () => {
    const planned = plan(path('price', 'a'), path('price', 'b'), path('cost', 'a'), path('vendor'));
    const again = askedAgain(planned, { moved: [path('price', 'a')], applied: [path('price', 'b')] });
    expect(paths(again)).toEqual([path('price', 'a')]);
  });

  it('keeps stock of different locations apart', () => {
    const planned = plan(
      path('inventory:gid://shopify/Location/1', 'a'),
      path('inventory:gid://shopify/Location/2', 'a'),
    );
    const moved = [path('inventory:gid://shopify/Location/2', 'a')];
    expect(paths(askedAgain(planned, { moved, applied: [] }))).toEqual(moved);
  });

  it('asks for all tags where one had moved: others may be in the way now', () => {
    const planned = plan(path('tags:new'), path('tags:sale'));
    const again = askedAgain(planned, { moved: [path('tags:sale')], applied: [path('tags:old')] });
    expect(paths(again)).toEqual([path('tags:new'), path('tags:sale')]);
  });

  it('leaves pictures alone where some were changed: the first is another one now', () => {
    const planned = plan(path('media:2'), path('mediaOrder'));
    const moved = [path('mediaOrder')];
    expect(askedAgain(planned, { moved, applied: [path('media:1')] })).toEqual([]);
    expect(askedAgain(planned, { moved, applied: [path('price', 'a')] })).toEqual(planned);
  });
});
