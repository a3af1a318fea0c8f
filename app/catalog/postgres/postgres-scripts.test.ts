import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggestMapping } from '~/core/suggest-mapping';
import type { RelationDescription } from '~/core/source-mapping';
import { isVisibleIn } from '../visible-transactions';
import { setUpScript } from './postgres-scripts';
import { quoteName, quoteText } from '../sql-quoting';

describe('quoting', () => {
  it('keeps a name and a text one token, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('\0')),
        (text) => {
          expect(quoteName(text).slice(1, -1).replaceAll('""', '')).not.toContain('"');
          const quoted = quoteText(text);
          const inside = quoted.slice(quoted.indexOf("'") + 1, -1);
          expect(inside.replaceAll("''", '').replaceAll('\\\\', '')).not.toMatch(/['\\]/);
        },
      ),
    );
  });
});

describe('the script', () => {
  const table = (changes: Partial<RelationDescription> = {}): RelationDescription => ({
    schema: 'shop"; DROP TABLE x; --',
    name: 'article',
    kind: 'table',
    columns: ['style', 'sku', 'title', 'price'].map((name) => ({
      name,
      type: 'text',
      isArray: false,
      isNullable: true,
    })),
    identity: ['style', 'sku'],
    primaryKey: ['style', 'sku'],
    replicaIdentity: 'default',
    ...changes,
  });
  const script = (
    relation: RelationDescription,
    mode: 'stream' | 'outbox' | 'scan' = 'stream',
    serverVersion = 180_000,
  ) =>
    setUpScript({
      sourceId: '11111111-2222-4333-8444-555555555555',
      database: 'db',
      username: 'reader"; ALTER ROLE x SUPERUSER; --',
      mapping: suggestMapping(relation),
      mode,
      scanColumn: 'updated_at',
      watched: [relation],
      serverVersion,
      writes: [],
    });

  it('grants the mapped columns and publishes only keys', () => {
    const text = script(table());
    expect(text).toContain(
      'GRANT SELECT ("style", "sku", "title", "price") ON "shop""; DROP TABLE x; --"."article"',
    );
    expect(text).toContain('FOR TABLE "shop""; DROP TABLE x; --"."article" ("style", "sku")');
    expect(text).toContain('LOGIN REPLICATION');
    expect(text).not.toMatch(/reader";/);
    expect(script(table(), 'stream', 140_000)).toMatch(/"article";\s*$/);
  });

  it('makes sure that a deleted row tells of its product, and never leaves a table that takes no UPDATE', () => {
    for (const changes of [
      { identity: ['sku'] },
      { identity: [], primaryKey: [] },
      { identity: [], replicaIdentity: 'nothing' as const },
    ]) {
      const text = script(table(changes));
      expect(text).toContain('REPLICA IDENTITY FULL');
      expect(text.indexOf('REPLICA IDENTITY FULL')).toBeLessThan(text.indexOf('CREATE PUBLICATION'));
      expect(text).toMatch(/FOR TABLE .*"article";$/);
    }
  });

  it('asks for no replication where it is not needed', () => {
    for (const mode of ['outbox', 'scan'] as const)
      expect(script(table(), mode)).not.toMatch(/REPLICATION|PUBLICATION/);
    expect(script(table(), 'outbox')).toContain('CREATE TRIGGER');
    expect(script(table(), 'scan')).toContain('"updated_at"');
  });
});

describe('what a snapshot of transactions shows', () => {
  it('is told over the end of 32 bits', () => {
    const cycle = 2n ** 32n;
    const ids = fc.bigInt({ min: 100n, max: 5n * cycle });
    fc.assert(
      fc.property(ids, fc.integer({ min: -1_000, max: 1_000 }), fc.boolean(), (end, distance, isOpen) => {
        const xid = end + BigInt(distance);
        fc.pre(xid > 3n);
        const open = isOpen ? [xid] : [];
        const snapshot = `${end - 1n}:${end}:${open.join(',')}`;
        expect(isVisibleIn(snapshot, Number(xid % cycle))).toBe(xid < end && !isOpen);
      }),
    );
  });
});
