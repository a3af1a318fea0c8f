import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { defineConfig } from 'prisma/config';

// The schema engine's introspection selects system columns of type "char" (18) and name (19), which adapter-pg
// 6.19 does not know; both are text. Only the command line needs this, the app never reads such columns.
interface ResultPrototype {
  addFields(fields: { dataTypeID: number }[]): void;
}
const prototype = (pg.Result as unknown as { prototype: ResultPrototype }).prototype;
const addFields = prototype.addFields;
prototype.addFields = function (fields) {
  for (const field of fields) if (field.dataTypeID === 18 || field.dataTypeID === 19) field.dataTypeID = 25;
  addFields.call(this, fields);
};

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  experimental: { adapter: true },
  engine: 'js',
  adapter: async () =>
    new PrismaPg({ connectionString: process.env['DATABASE_URL'] ?? 'postgresql://localhost/lockstep' }),
});
