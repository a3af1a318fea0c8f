import { isIpAddress, isPublicAddress } from './public-address';

/** Why something of the web cannot be had, and what to do. */
export interface WebProblem {
  reason: string;
  remedy: string;
}

/** A host, or "host:port", that may be asked although it is none of the public web's. */
export type AllowedHosts = readonly string[];

const PUBLIC_PORTS = new Set(['', '80', '443']);

/** The host of an address as it is connected to: without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Whether who runs the app has named this host. */
export function isAllowedHost(url: URL, allowed: AllowedHosts): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return allowed.some((one) => one === url.hostname || one === `${url.hostname}:${port}`);
}

/**
 * What an address says by itself against being asked; null: nothing. Names can still lead to addresses that may not be
 * asked: whoever connects must look at those too.
 */
export function webAddressProblem(text: string, allowed: AllowedHosts = []): WebProblem | null {
  const whole = 'Write the whole public address, beginning with https://.';
  if (text !== text.trim() || !URL.canParse(text))
    return { reason: 'This is no web address.', remedy: whole };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { reason: `“${url.protocol}” is not the web.`, remedy: whole };
  if (url.username !== '' || url.password !== '')
    return {
      reason: 'It holds a user name or a password, which others would see.',
      remedy: 'Use an address that needs none.',
    };
  if (isAllowedHost(url, allowed)) return null;
  if (!PUBLIC_PORTS.has(url.port))
    return {
      reason: `Port ${url.port} is not asked: only 80 and 443 are.`,
      remedy: 'Use an address without a port.',
    };
  const host = hostOf(url);
  if (isIpAddress(host) ? !isPublicAddress(host) : /(^|\.)(localhost|local|internal)\.?$/.test(host))
    return notPublic(host);
  return null;
}

/** For a host that is, or leads to, an address inside a network. */
export function notPublic(host: string): WebProblem {
  return {
    reason: `${host} is not on the public web.`,
    remedy: 'Use an address that everybody can reach.',
  };
}
