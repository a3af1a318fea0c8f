/** Finds the endpoint of an address. */
import type { Endpoint } from './endpoint';

/** Where the API stands. */
export const BASE_PATH = '/api/shopify';

export type Route =
  | { kind: 'found'; endpoint: Endpoint; params: Record<string, string> }
  /** The address is there, for these methods. */
  | { kind: 'other-methods'; allow: string[] }
  | { kind: 'none' };

/** The parameters, where the path has the form of the template; else null. */
function match(template: string, path: string[]): Record<string, string> | null {
  const parts = template.split('/');
  if (parts.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const given = path[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== given : given === '') return null;
    if (name !== undefined) params[name] = given;
  }
  return params;
}

function decoded(path: string): string[] | null {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return null; // a broken escape is the address of nothing
  }
}

/** `path` is that of the address, escapes and all. HEAD is answered as GET is. */
export function findRoute(endpoints: readonly Endpoint[], method: string, path: string): Route {
  if (!path.startsWith(`${BASE_PATH}/`)) return { kind: 'none' };
  const parts = decoded(path.slice(BASE_PATH.length));
  if (parts === null) return { kind: 'none' };
  const allow: string[] = [];
  for (const endpoint of endpoints) {
    const params = match(endpoint.path, parts);
    if (params === null) continue;
    if (endpoint.method === (method === 'HEAD' ? 'GET' : method)) return { kind: 'found', endpoint, params };
    allow.push(endpoint.method);
  }
  if (allow.length === 0) return { kind: 'none' };
  return { kind: 'other-methods', allow: allow.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])) };
}
