import { describe, expect, it } from 'vitest';
import { lowestPriceWords, targetSentences } from './edit-words';
import { followWords, promotionStateWords } from './promotion-words';

const BERLIN = 'Europe/Berlin';
const INSTANT = '2026-11-26T23:00:00.000Z';

describe('a promotion in words', () => {
  it('says when it is on, by the shop’s clock, and how', () => {
    const terms = {
      startsAt: INSTANT,
      endsAt: '2026-11-30T23:00:00.000Z',
      priority: 750,
      showsBaseAsCompareAt: true,
    };
    expect(targetSentences('promotion', terms, BERLIN)).toEqual([
      'As a promotion in this store, 27 Nov 2026, 00:00 to 1 Dec 2026, 00:00 (Europe/Berlin).',
      'Priority over other promotions: high.',
      'The regular price is shown as compare-at price.',
    ]);
    const open = { ...terms, endsAt: null, showsBaseAsCompareAt: false };
    expect(targetSentences('promotion', open, 'UTC')).toEqual([
      'As a promotion in this store, from 26 Nov 2026, 23:00, until somebody ends it (UTC).',
      'Priority over other promotions: high.',
    ]);
  });

  it('says how many products Shopify has still to take, and back', () => {
    const words = (
      state: 'scheduled' | 'active' | 'ended',
      productsToFollow: number,
      activatedAt: string | null,
    ) => followWords({ state, productsToFollow, activatedAt });
    expect(words('active', 1_200, INSTANT)).toBe('1,200 products still to follow in Shopify.');
    expect(words('active', 1, INSTANT)).toBe('1 product still to follow in Shopify.');
    expect(words('active', 0, INSTANT)).toBe('Shopify has the prices of all its products.');
    expect(words('ended', 2, INSTANT)).toBe('2 products still to go back in Shopify.');
    expect(words('ended', 0, INSTANT)).toBe('All its products are back to what lies beneath.');
    expect([words('scheduled', 0, null), words('ended', 0, null)]).toEqual([null, null]);
  });

  it('calls one that never began missed', () => {
    const label = (activatedAt: string | null) => promotionStateWords({ state: 'ended', activatedAt }).label;
    expect([label(INSTANT), label(null)]).toEqual(['Ended', 'Missed']);
  });
});

describe('the lowest price of 30 days', () => {
  it('says since when it is known where that is less', () => {
    expect(lowestPriceWords({ amount: '18', knownOnlySince: null }, BERLIN)).toBe(
      'Lowest price of 30 days: 18.00',
    );
    expect(lowestPriceWords({ amount: '18.5', knownOnlySince: INSTANT }, BERLIN)).toBe(
      'Lowest price of 30 days: 18.50 (known since 27 Nov 2026, 00:00)',
    );
  });
});
