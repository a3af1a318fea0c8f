/** The kinds of database that a merchant's products may be in, and how an address names them. Pure. */

export const databaseKinds = ['postgresql', 'mysql'] as const;
/** MariaDB speaks as MySQL does: which of the two it is, the server says. */
export type DatabaseKind = (typeof databaseKinds)[number];

/** Of a text that was stored. */
export const kindNamed = (text: string): DatabaseKind =>
  databaseKinds.find((kind) => kind === text) ?? 'postgresql';

export const databaseWords: Record<DatabaseKind, { name: string; port: number }> = {
  postgresql: { name: 'PostgreSQL', port: 5432 },
  mysql: { name: 'MySQL or MariaDB', port: 3306 },
};

const schemes: Record<string, DatabaseKind> = {
  'postgresql:': 'postgresql',
  'postgres:': 'postgresql',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
};

export interface DatabaseAddress {
  kind: DatabaseKind;
  host: string;
  port: number;
  database: string;
  username: string;
  /** Null: the address has none. */
  password: string | null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a "%" that stands for itself
  }
}

/** Reads "mysql://user:password@host:3306/database"; null where the text is no such address. */
export function readDatabaseAddress(text: string): DatabaseAddress | null {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) return null;
  const url = new URL(trimmed);
  const kind = schemes[url.protocol];
  if (kind === undefined || url.hostname === '') return null;
  return {
    kind,
    // An IPv6 address stands in brackets.
    host: decoded(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? databaseWords[kind].port : Number(url.port),
    database: decoded(url.pathname.slice(1)),
    username: decoded(url.username),
    password: url.password === '' ? null : decoded(url.password),
  };
}
