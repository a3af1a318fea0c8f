/** A position in PostgreSQL's write-ahead log (LSN), as it prints it: "16/B374D848". It only grows on one server. */
export type Lsn = string;

/** As a number, to compare and to reckon with. */
export function lsnNumber(lsn: Lsn): bigint {
  const [upper, lower] = lsn.split('/');
  if (upper === undefined || lower === undefined) throw new Error(`"${lsn}" is no position in the log.`);
  return (BigInt(`0x${upper}`) << 32n) | BigInt(`0x${lower}`);
}

export function lsnOf(number: bigint): Lsn {
  return `${(number >> 32n).toString(16)}/${(number & 0xffffffffn).toString(16)}`.toUpperCase();
}

export function isAfter(lsn: Lsn, other: Lsn): boolean {
  return lsnNumber(lsn) > lsnNumber(other);
}
