import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDatabaseAddress } from './database-kind';

describe('the address of a database', () => {
  it('tells kind, server and login, whatever characters these have', () => {
    const word = fc
      .string({ minLength: 1 })
      .filter((text) => text.trim() === text && !/[\ud800-\udfff]/.test(text));
    const scheme = fc.constantFrom('mysql', 'mariadb', 'postgresql', 'postgres');
    fc.assert(
      fc.property(
        scheme,
        word,
        word,
        word,
        fc.integer({ min: 1, max: 65_535 }),
        (name, user, password, database, port) => {
          const [one, two, three] = [user, password, database].map(encodeURIComponent);
          expect(readDatabaseAddress(`${name}://${one}:${two}@db.example.com:${port}/${three}`)).toEqual({
            kind: name.startsWith('postgres') ? 'postgresql' : 'mysql',
            host: 'db.example.com',
            port,
            database,
            username: user,
            password,
          });
        },
      ),
    );
  });

  it('has a usual port, and no password where none stands there', () => {
    expect(readDatabaseAddress('mariadb://me@10.0.0.1/shop')).toMatchObject({ port: 3306, password: null });
    expect(readDatabaseAddress(' postgres://me@[::1]/shop ')).toMatchObject({ port: 5432, host: '::1' });
  });

  it('is no other address, and no host alone', () => {
    for (const text of ['db.example.com', 'https://example.com/', 'mysql:', '', 'C:\\data'])
      expect(readDatabaseAddress(text)).toBe(null);
  });
});
