/**
 * Which addresses of the internet a server may be told to connect to by somebody else. Everything that is not known to be
 * public is not: an address inside the own network reaches machines that trust it (SSRF). The registries:
 * https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry
 */

interface Range {
  base: bigint;
  /** Bits of the prefix. */
  bits: number;
}

const IPV4_BITS = 32;
const IPV6_BITS = 128;

/** Not public: this network, private, shared by providers (CGNAT), loopback, link-local (metadata), tests, multicast, reserved. */
const CLOSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Azure's metadata and health service, at an address that is otherwise public.
  '168.63.129.16/32',
] as const;

/**
 * Only this block is handed out to networks. Outside of it is everything else: loopback, private (fc00::/7), link-local,
 * multicast, and the forms that carry an IPv4 address: ::ffff:0:0/96, 64:ff9b::/96 (NAT64).
 */
const OPEN_IPV6 = '2000::/3';
/** Within it: protocols and Teredo, documentation, 6to4. */
const CLOSED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;

/** Four decimal numbers, as addresses are written once they are parsed; null for everything else. */
export function parseIpv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    // A leading zero means octal to some: such a text is no address.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) + BigInt(part);
  }
  return value;
}

/** Groups of sixteen bits; null where one is none. */
function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  for (const [index, part] of text.split(':').entries()) {
    const isLast = index === text.split(':').length - 1;
    const ipv4 = isLast && part.includes('.') ? parseIpv4(part) : null;
    if (ipv4 !== null) groups.push(Number(ipv4 >> 16n), Number(ipv4 & 0xffffn));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

/** Without brackets and without a zone; null for what is none. */
export function parseIpv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return null;
  const [before, after] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
  if (before === null || after === null) return null;
  const missing = 8 - before.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  return groups.reduce((value, group) => (value << 16n) + BigInt(group), 0n);
}

function rangeOf(text: string, parse: (address: string) => bigint | null): Range {
  const [address = '', bits = ''] = text.split('/');
  return { base: parse(address) ?? 0n, bits: Number(bits) };
}

const closedIpv4 = CLOSED_IPV4.map((text) => rangeOf(text, parseIpv4));
const openIpv6 = rangeOf(OPEN_IPV6, parseIpv6);
const closedIpv6 = CLOSED_IPV6.map((text) => rangeOf(text, parseIpv6));

const isIn = (address: bigint, { base, bits }: Range, length: number) =>
  address >> BigInt(length - bits) === base >> BigInt(length - bits);

/** Whether a text is an IP address at all. */
export function isIpAddress(text: string): boolean {
  return parseIpv4(text) !== null || parseIpv6(text) !== null;
}

/** Whether two texts are one IP address. */
export function isSameAddress(one: string, other: string): boolean {
  const [ipv4, ipv6] = [parseIpv4(one), parseIpv6(one)];
  return (ipv4 !== null && ipv4 === parseIpv4(other)) || (ipv6 !== null && ipv6 === parseIpv6(other));
}

/** Whether this is an IP address that everybody can reach. False for what is no address. */
export function isPublicAddress(text: string): boolean {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== null) return !closedIpv4.some((range) => isIn(ipv4, range, IPV4_BITS));
  const ipv6 = parseIpv6(text);
  if (ipv6 === null || !isIn(ipv6, openIpv6, IPV6_BITS)) return false;
  return !closedIpv6.some((range) => isIn(ipv6, range, IPV6_BITS));
}
