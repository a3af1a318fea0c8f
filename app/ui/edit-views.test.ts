import { describe, expect, it } from 'vitest';
import { editViews, fieldsLeft, viewFilter } from './edit-views';
import type { EditFigures } from './edit-views';

const planned: EditFigures = {
  state: 'planned',
  fieldsToChange: 10,
  fieldsSkipped: 2,
  fieldsApplied: 0,
  fieldsMoved: 0,
  fieldsRefused: 0,
  warnings: { 'below-cost': 3, 'to-zero': 0 },
};
const shown = (edit: EditFigures) => editViews(edit).map(({ id, fields }) => [id, fields]);

describe('editViews', () => {
  it('parts a plan into changes, warnings and what is left as it is, without empty parts', () => {
    expect(shown(planned)).toEqual([
      ['all', 12],
      ['changes', 10],
      ['warning-below-cost', 3],
      ['skipped', 2],
    ]);
  });

  it('parts an ended edit by what became of its fields', () => {
    const ended = { ...planned, state: 'cancelled', fieldsApplied: 4, fieldsMoved: 1, fieldsRefused: 2 };
    expect(shown(ended)).toEqual([
      ['all', 12],
      ['applied', 4],
      ['moved', 1],
      ['refused', 2],
      ['cancelled', 3],
      ['warning-below-cost', 3],
      ['skipped', 2],
    ]);
    expect(fieldsLeft(ended)).toBe(3);
  });

  it('calls nothing left out while it is still being applied', () => {
    expect(shown({ ...planned, state: 'applying', fieldsApplied: 4 })).not.toContainEqual(['cancelled', 6]);
  });

  it('names every view so that its address finds its fields again', () => {
    for (const { id } of editViews(planned)) {
      const { states, warning } = viewFilter(id);
      expect(id === 'all' ? states : [...states, warning].filter(Boolean)).toHaveLength(
        id === 'all' ? 0 : id === 'changes' ? 5 : 1,
      );
    }
    expect(viewFilter('warning-below-cost')).toEqual({ states: [], warning: 'below-cost' });
    expect(viewFilter('no-such-view')).toEqual({ states: [], warning: null });
    expect(viewFilter('toString')).toEqual({ states: [], warning: null });
  });
});
