/** The binary log of a real server against what the server itself says: keys of every type, and never ahead of what can be read. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CheckTerms } from '~/catalog/external-database';
import { keyText } from '~/core/source-mapping';
import type { SourceMapping } from '~/core/source-mapping';
import { mariaDbMerchant } from '../support/merchant-database';
import type { Merchant } from '../support/merchant-database';
import { ownMariaDb } from '../support/own-mariadb';
import type { OwnMariaDb } from '../support/own-mariadb';
import { waitFor } from '../support/wait-for';

const SOURCE = '12345678-1234-4234-8234-123456789012';

let server: OwnMariaDb;
let merchant: Merchant;
beforeAll(async () => {
  server = await ownMariaDb(['--sync-binlog=1']);
});
afterAll(() => server?.remove());
beforeEach(async () => {
  merchant = await mariaDbMerchant(server, { products: 2, variants: 1 });
});
afterEach(() => merchant.close());

/** Follows from now on until the returned function is called; `meanwhile` is done before the log is asked for. */
async function follow(
  mapping: SourceMapping,
  onKeys: (keys: string[]) => Promise<void>,
  onPosition: (position: string) => Promise<void> = () => Promise.resolve(),
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
) {
  await merchant.runScript({ sourceId: SOURCE, mode: 'stream', mapping });
  const stopping = new AbortController();
  const snapshot = await merchant.port.beginSnapshot({
    sourceId: SOURCE,
    mapping,
    relation: await merchant.describe(mapping.relation.name),
    mode: 'stream',
    batch: 100,
    signal: stopping.signal,
  });
  await snapshot.end();
  await meanwhile();
  const ended = merchant.port.follow({
    sourceId: SOURCE,
    mapping,
    way: { mode: 'stream', from: snapshot.position },
    signal: stopping.signal,
    now: () => new Date(),
    onAlive: () => undefined,
    onKeys,
    onPosition,
    onUnseen: () => undefined,
  });
  let failure: unknown = null;
  ended.catch((error: unknown) => (failure = error));
  return {
    failure: () => failure,
    stop: async () => {
      stopping.abort(new Error('The test is over.'));
      await ended;
    },
  };
}

/** One column a type, with values of which each is a key; around each stand columns whose length must be known to pass them. */
const KEYS: Record<string, { type: string; values: string[] }> = {
  tiny: { type: 'tinyint', values: ['-128', '127'] },
  small: { type: 'smallint unsigned', values: ['0', '65535'] },
  middle: { type: 'mediumint', values: ['-8388608', '8388607'] },
  whole: { type: 'int unsigned', values: ['4294967295', '1'] },
  big: { type: 'bigint', values: ['-9223372036854775808', '9007199254740993'] },
  bigger: { type: 'bigint unsigned', values: ['18446744073709551615', '0'] },
  amount: { type: 'decimal(38,10)', values: ['-1234567890123456789012345678.0123456789', '0.1'] },
  few: { type: 'decimal(4,0)', values: ['-9999', '7'] },
  latin: { type: 'varchar(300) CHARACTER SET latin1', values: ["'Süß €'", "'a'"] },
  short_text: { type: 'char(20) CHARACTER SET utf8mb4', values: ["'日本 🎪'", "'x'"] },
  long_text: { type: 'text', values: ["REPEAT('ü', 200)", "'t'"] },
  cyrillic: { type: 'varchar(20) CHARACTER SET cp1251', values: ["'Палатка'", "'p'"] },
  day: { type: 'date', values: ["'2026-02-28'", "'1000-01-01'"] },
  vintage: { type: 'year', values: ['1901', '2155'] },
  word: { type: "enum('it''s','b,c','d')", values: ["'it''s'", "'b,c'"] },
  id: { type: 'binary(16)', values: ["UNHEX('00112233445566778899AABBCCDD0000')", "UNHEX('01')"] },
  raw: { type: 'varbinary(40)', values: ["UNHEX('FF00')", "UNHEX('0A')"] },
};
const AROUND = [
  'float',
  'double',
  'bit(13)',
  'time',
  'time(3)',
  'datetime',
  'datetime(6)',
  'timestamp(2) NULL',
  'json',
  'longblob',
  "set('a','b','c')",
  'varchar(2000)',
  'tinytext',
  'point',
  'uuid',
  'inet6',
  'int(5) zerofill',
  'char(100) CHARACTER SET utf8mb4',
];
const FILLED = [
  '1.5',
  '2.25',
  "b'1010101010101'",
  "'12:34:56'",
  "'-800:00:01.5'",
  "'2026-01-01 00:00:00'",
  "'2026-01-01 00:00:00.123456'",
  "'2026-01-01 00:00:00.12'",
  `'{"a":[1]}'`,
  "REPEAT('z', 70000)",
  "'a,c'",
  "REPEAT('ä', 900)",
  "'tiny'",
  'POINT(1, 2)',
  "'123e4567-e89b-12d3-a456-426655440000'",
  "'::1'",
  '42',
  "'padded'",
];

it.each(['OFF', 'ON'])('tells keys of every type as they are read, log_bin_compress %s', async (compress) => {
  const names = Object.keys(KEYS);
  const filling = AROUND.map((type, index) => ({ name: `f${index}`, type }));
  await merchant.run(`SET GLOBAL log_bin_compress = ${compress}`);
  const columns = names.flatMap((name, index) => {
    const beside = filling[index % filling.length];
    return [
      `${name} ${KEYS[name]?.type} NOT NULL`,
      ...(index < filling.length && beside ? [`${beside.name} ${beside.type}`] : []),
    ];
  });
  const rest = filling.slice(names.length).map(({ name, type }) => `${name} ${type}`);
  await merchant.run(`CREATE TABLE every (${[...columns, ...rest].join(', ')}) CHARACTER SET utf8mb4;
    GRANT SELECT ON every TO \`${merchant.login.username}\`@'%'`);
  const rule = { column: 'tiny', otherwise: null, transform: { kind: 'text', trim: false } } as const;
  const base: SourceMapping = {
    ...(await merchant.mapping()),
    relation: { schema: merchant.schema, name: 'every' },
    productKey: names,
    variantKey: [],
    product: { title: rule },
    variant: { price: rule },
    options: [],
    quantities: [],
    metafields: [],
  };
  const told = new Set<string>();
  const followed = await follow(base, async (keys) => keys.forEach((key) => told.add(key)));
  const read = async () => {
    const connection = await merchant.port.open();
    try {
      const rows = await connection.readFirstRows(base, await merchant.describe('every'), 20);
      return rows.map((row) => keyText(names, row) ?? '').sort();
    } finally {
      await connection.close();
    }
  };
  const valuesOf = (index: number) => names.map((name) => KEYS[name]?.values[index] ?? 'NULL').join(', ');
  const filled = filling.map(({ name }) => name).join(', ');
  await merchant.run(`INSERT INTO every (${names.join(', ')}) VALUES (${valuesOf(0)})`);
  await merchant.run(
    `INSERT INTO every (${names.join(', ')}, ${filled}) VALUES (${valuesOf(1)}, ${FILLED.join(', ')})`,
  );
  const keys = await read();
  expect(keys).toHaveLength(2);
  const known = () => {
    if (followed.failure() !== null) throw followed.failure();
    return told.size >= 2;
  };
  await waitFor('both rows are told of', known);
  expect([...told].sort()).toEqual(keys);
  told.clear();
  await merchant.run('UPDATE every SET f13 = POINT(3, 4)');
  await waitFor('both rows are told of again', known);
  expect([...told].sort()).toEqual(keys);
  told.clear();
  await merchant.run('DELETE FROM every');
  await waitFor('both rows are told of once more', known);
  expect([...told].sort()).toEqual(keys);
  await followed.stop();
  await merchant.run('SET GLOBAL log_bin_compress = OFF');
});

it('waits for what is in the log and cannot be read yet: a commit that waits for a replica', async () => {
  const mapping = await merchant.mapping();
  const relation = await merchant.describe('article');
  const reader = await merchant.port.open();
  const told: (string | null | undefined)[] = [];
  const followed = await follow(mapping, async (keys) => {
    const rows = await reader.readRowsOf(mapping, relation, keys);
    told.push(rows.get('ST-1')?.[0]?.['price_cents']);
  });
  // The transaction is sent before it is committed in the engine, which waits for an answer that nobody gives.
  await merchant.run(
    "SET GLOBAL rpl_semi_sync_master_wait_point = 'AFTER_SYNC'; SET GLOBAL rpl_semi_sync_master_timeout = 2000; SET GLOBAL rpl_semi_sync_master_enabled = ON",
  );
  try {
    const started = performance.now();
    await merchant.run("UPDATE article SET price_cents = 4711 WHERE style = 'ST-1'");
    expect(performance.now() - started).toBeGreaterThan(1_500);
    await waitFor('the change is told of', () => told.length > 0);
    expect(told).toEqual(['4711']);
  } finally {
    await merchant.run('SET GLOBAL rpl_semi_sync_master_enabled = OFF');
    await followed.stop();
    await reader.close();
  }
});

it('tells once more, and keeps no place before, where the server is slow to show what it has logged', async () => {
  const mapping = await merchant.mapping();
  const relation = await merchant.describe('article');
  const reader = await merchant.port.open();
  const told: (string | null | undefined)[] = [];
  let placesBefore = 0;
  const followed = await follow(
    mapping,
    async (keys) => {
      const rows = await reader.readRowsOf(mapping, relation, keys);
      told.push(rows.get('ST-1')?.[0]?.['price_cents']);
    },
    async () => {
      if (told.length > 0 && told.at(-1) !== '4711') placesBefore += 1;
    },
  );
  await merchant.run(
    "SET GLOBAL rpl_semi_sync_master_wait_point = 'AFTER_SYNC'; SET GLOBAL rpl_semi_sync_master_timeout = 20000; SET GLOBAL rpl_semi_sync_master_enabled = ON",
  );
  try {
    await merchant.run("UPDATE article SET price_cents = 4711 WHERE style = 'ST-1'");
    await waitFor('the change is told of as it is', () => told.at(-1) === '4711', { timeoutMs: 60_000 });
    expect(told.length).toBeGreaterThan(1);
    expect(placesBefore).toBe(0);
  } finally {
    await merchant.run('SET GLOBAL rpl_semi_sync_master_enabled = OFF');
    await followed.stop();
    await reader.close();
  }
});

it('takes one thing after the other, however much waits in the log, and forgets nothing', async () => {
  const unknown = new Set<string>();
  let [running, most] = [0, 0];
  const insert = (n: number) => {
    unknown.add(`N-${n}`);
    return merchant.run(
      `INSERT INTO article (style, sku, title, \`bra"nd\`, price_cents, size, color, stock, tags, state) VALUES ('N-${n}', 'N-${n}', 'New', 'Ö', 5, 'S', 'Red', 1, '[]', 'on sale')`,
    );
  };
  const followed = await follow(
    await merchant.mapping(),
    async (keys) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(30);
      for (const key of keys) unknown.delete(key);
      running -= 1;
    },
    undefined,
    // More events than may wait to be handled, in one piece.
    () => Promise.all(Array.from({ length: 300 }, (_, n) => insert(n))),
  );
  for (let n = 300; n < 400; n += 1) await insert(n);
  const isThrough = () => unknown.size === 0 || followed.failure() !== null;
  await waitFor('all is told of', isThrough, { timeoutMs: 10_000 }).catch(() => undefined);
  expect({ failure: followed.failure(), most, unknown: [...unknown] }).toEqual({
    ...{ failure: null, most: 1, unknown: [] },
  });
  await followed.stop();
});

it('does not wait for what stands behind a change in the log and is no transaction', async () => {
  const told: string[][] = [];
  const held = Promise.withResolvers<void>();
  const following = await follow(await merchant.mapping(), async (keys) => {
    told.push(keys);
    if (told.length === 1) await held.promise;
  });
  try {
    await merchant.run("UPDATE article SET price_cents = 1 WHERE style = 'ST-1'");
    await waitFor('the first change is told', () => told.length === 1);
    await merchant.run("UPDATE article SET price_cents = 2 WHERE style = 'ST-2'");
    // A new file begins with several events, none of which a snapshot is ever at.
    await merchant.run('FLUSH BINARY LOGS');
    held.resolve();
    await waitFor('the second is told, though nothing is committed any more', () => told.length === 2);
    expect(following.failure()).toBeNull();
  } finally {
    held.resolve();
    await following.stop();
  }
});

it('names what the log cannot tell: cascades of foreign keys, and keys of a type without one text', async () => {
  const mapping = await merchant.mapping();
  await merchant.run(`CREATE TABLE brand (id int PRIMARY KEY);
    CREATE TABLE offer (id float PRIMARY KEY, brand int, title text, price int, FOREIGN KEY (brand) REFERENCES brand (id) ON DELETE CASCADE);
    GRANT SELECT ON offer TO \`${merchant.login.username}\`@'%'`);
  const offer = { ...mapping, relation: { schema: merchant.schema, name: 'offer' }, productKey: ['id'] };
  await merchant.runScript({ sourceId: SOURCE, mode: 'scan', mapping });
  const terms: CheckTerms = {
    sourceId: SOURCE,
    mapping: offer,
    mode: 'stream',
    scanColumn: null,
    writes: [],
  };
  const told = JSON.stringify((await merchant.port.check(terms)).problems);
  expect(told).toMatch(/ON DELETE CASCADE/);
  expect(told).toMatch(/“id”.*of the type float/);
});
