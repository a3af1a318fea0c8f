/** How finely prices of a currency are divided. */

/**
 * ISO 4217's minor units where they are not 2 (hundredths). A table, not Intl: its digits follow the runtime's idea of cash
 * (Node 22 has 0 for HUF, COP and IDR), so that one edit would mean two things in two runtimes.
 */
const MINOR_UNIT_DIGITS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries({
    0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    3: 'BHD IQD JOD KWD LYD OMR TND',
    4: 'CLF UYW',
  }).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)])),
);

/** How many decimals the currency's minor unit has, by its ISO 4217 code: EUR 2, JPY 0, KWD 3. Unknown codes have 2. */
export function minorUnitDigits(currencyCode: string): number {
  return MINOR_UNIT_DIGITS[currencyCode.toUpperCase()] ?? 2;
}
