/** Database servers that merchants name: they must not lead to what only we can reach. */
import { lookup as lookUpName } from 'node:dns/promises';
import { isIpAddress, isPublicAddress } from '~/core/public-address';
import type { AllowedHosts, WebProblem } from '~/core/web-address';

export interface GuardedHostParts {
  /** True where whoever runs the app lets merchants name servers inside the own network. */
  allowsPrivate: boolean;
  /** Hosts, or "host:port", that may be connected to in any case. */
  allowedHosts: AllowedHosts;
  /** All addresses of a name. */
  resolve?: (name: string) => Promise<string[]>;
}

export type HostOutcome = { kind: 'open'; address: string } | ({ kind: 'refused' } & WebProblem);

export interface GuardedHosts {
  /** The one address to connect to, looked at already: a name must not be asked for a second time. */
  open(host: string, port: number): Promise<HostOutcome>;
}

const resolveName = async (name: string) =>
  (await lookUpName(name, { all: true })).map(({ address }) => address);

/** Makes the guard of connections to databases that merchants name. */
export function createGuardedHosts(parts: GuardedHostParts): GuardedHosts {
  const { allowsPrivate, allowedHosts, resolve = resolveName } = parts;
  return {
    open: async (host, port) => {
      const name = host.toLowerCase();
      // A path would be a socket of this very machine.
      if (!/^[a-z0-9.:_-]+$/.test(name) || name.startsWith('-'))
        return {
          kind: 'refused',
          reason: `“${host}” is no name of a server.`,
          remedy: 'Write the host alone, for example db.example.com; the port has a field of its own.',
        };
      let found: string[];
      try {
        found = isIpAddress(name) ? [name] : await resolve(name);
      } catch {
        found = []; // that nobody knows the name is the answer
      }
      const [address] = found;
      if (address === undefined)
        return {
          kind: 'refused',
          reason: `There is no server ${host}.`,
          remedy: 'Look for a spelling mistake, and whether the name can be resolved from the internet.',
        };
      const isNamed = allowedHosts.some((one) => one === name || one === `${name}:${port}`);
      // A name with one closed address among open ones is a trap, or a mistake nobody should rely on.
      if (!allowsPrivate && !isNamed && found.some((one) => !isPublicAddress(one)))
        return {
          kind: 'refused',
          reason: `${host} leads into a private network, which this installation does not connect to.`,
          remedy:
            'Give the database an address that can be reached from the internet, or have whoever runs Lockstep set SOURCE_PRIVATE_NETWORKS=true.',
        };
      return { kind: 'open', address };
    },
  };
}
