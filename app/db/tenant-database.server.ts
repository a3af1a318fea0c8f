/**
 * The database as one account sees it: each statement and each transaction runs in the role `lockstep_tenant`, to which
 * PostgreSQL shows the account's rows and no others (docs/decisions/027). What a repository forgets to say, the database says.
 */
import type { Database, Queryable } from './client.server';

/** As long as the longest statement of a page or request may take. */
const TERMS = { timeout: 60_000, maxWait: 10_000 };

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A client with the methods of the whole one. Every statement outside of a transaction becomes one of its own. */
export function tenantDatabase(db: Database, accountId: string): Database {
  const inside = <T>(work: (tx: Queryable) => Promise<T>, terms: object = TERMS): Promise<T> =>
    db.$transaction(async (tx) => {
      // Of the transaction alone: the connection goes back as it was.
      await tx.$executeRaw`
        SELECT set_config('lockstep.account', ${accountId}, true), set_config('role', 'lockstep_tenant', true)`;
      return work(tx);
    }, terms);
  /** Calls a method of the client, or of one of its models, in a transaction. */
  const called =
    (model: string | null, method: string) =>
    (...args: unknown[]): Promise<unknown> =>
      inside(async (tx) => {
        const owner: unknown = model === null ? tx : Reflect.get(tx, model);
        const run: unknown = isObject(owner) ? Reflect.get(owner, method) : undefined;
        if (typeof run !== 'function') throw new TypeError(`The database has no ${model ?? ''}.${method}.`);
        const outcome: unknown = await Reflect.apply(run, owner, args);
        return outcome;
      });
  const modelOf = (name: string, model: object): object =>
    new Proxy(model, {
      get: (target, method): unknown => {
        const held: unknown = Reflect.get(target, method);
        return typeof held === 'function' && typeof method === 'string' ? called(name, method) : held;
      },
    });
  return new Proxy(db, {
    get: (target, name): unknown => {
      if (name === '$transaction') return inside;
      const held: unknown = Reflect.get(target, name);
      if (typeof name !== 'string') return held;
      if (/^\$(query|execute)Raw/.test(name)) return called(null, name);
      return isObject(held) && !name.startsWith('$') && !name.startsWith('_') ? modelOf(name, held) : held;
    },
  });
}
