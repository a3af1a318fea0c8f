import { describe, expect, it } from 'vitest';
import { readWords, slotWarning, wordsText } from './source-words';

describe('words of a mapping', () => {
  it('are read as they were written, with "=" on their side, too', () => {
    const words = { 'on sale': 'ACTIVE', 'a = b': 'DRAFT', '': 'ARCHIVED' };
    expect(readWords(wordsText(words))).toEqual(words);
    expect(readWords('half a line\n x = true ')).toEqual({ x: 'true' });
  });
});

describe('the slot', () => {
  it('is warned of where it fills the disk or is given up, and not before', () => {
    expect(slotWarning('postgresql', 500_000, 'reserved')).toBe(null);
    expect(slotWarning('postgresql', null, null)).toBe(null);
    expect(slotWarning('postgresql', 2_500_000_000, 'reserved')).toMatch(/2,500 MB.*disk/);
    expect(slotWarning('postgresql', 500_000, 'extended')).toMatch(/disk/);
    expect(slotWarning('postgresql', 500_000, 'unreserved')).toMatch(/max_slot_wal_keep_size/);
    expect(slotWarning('mysql', 500_000, null)).toBe(null);
    expect(slotWarning('mysql', 2_500_000_000, null)).toMatch(/2,500 MB.*binlog_expire_logs_seconds/);
  });
});
