/** How Shopify's own scalars are read and written. Introspection says only that they exist. */
import { Decimal } from 'decimal.js';
import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';
import type { GraphQLSchema } from 'graphql';

interface Coercion {
  parse: (value: unknown) => unknown;
  serialize: (value: unknown) => unknown;
}

function decimalText(value: unknown, name: string): string {
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new GraphQLError(`${name} must be a decimal number, as text or number.`);
  }
  const text = String(value).trim();
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(text)) throw new GraphQLError(`invalid ${name.toLowerCase()} '${text}'`);
  return new Decimal(text).toFixed();
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new GraphQLError(`${name} must be text.`);
  return value;
}

function unsigned(value: unknown): string {
  const digits = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  if (typeof digits !== 'string' || !/^\d+$/.test(digits)) {
    throw new GraphQLError('UnsignedInt64 must be a whole number of 0 or more, as text or number.');
  }
  return digits;
}

function dateTime(value: unknown): string {
  const epoch = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(epoch)) throw new GraphQLError(`invalid DateTime '${String(value)}'`);
  return new Date(epoch).toISOString().replace('.000Z', 'Z');
}

function url(value: unknown): string {
  const address = text(value, 'URL');
  if (!URL.canParse(address) && !URL.canParse(`https://${address}`)) {
    throw new GraphQLError(`Invalid url '${address}', missing scheme`);
  }
  return address;
}

const asIs = (value: unknown) => value;
const asText = (value: unknown) => String(value);

const COERCIONS: Record<string, Coercion> = {
  Money: { parse: (value) => decimalText(value, 'Money'), serialize: asText },
  /** Ruby's BigDecimal keeps one decimal: 10 is written "10.0". */
  Decimal: {
    parse: (value) => decimalText(value, 'Decimal'),
    serialize: (value) => {
      const plain = new Decimal(String(value)).toFixed();
      return plain.includes('.') ? plain : `${plain}.0`;
    },
  },
  DateTime: { parse: dateTime, serialize: asText },
  UnsignedInt64: { parse: unsigned, serialize: asText },
  BigInt: { parse: unsigned, serialize: asText },
  URL: { parse: url, serialize: asText },
  HTML: { parse: (value) => text(value, 'HTML'), serialize: asText },
  FormattedString: { parse: (value) => text(value, 'FormattedString'), serialize: asText },
  Date: { parse: (value) => text(value, 'Date'), serialize: asText },
  Color: { parse: (value) => text(value, 'Color'), serialize: asText },
  ARN: { parse: (value) => text(value, 'ARN'), serialize: asText },
  StorefrontID: { parse: (value) => text(value, 'StorefrontID'), serialize: asText },
  UtcOffset: { parse: (value) => text(value, 'UtcOffset'), serialize: asText },
  JSON: { parse: asIs, serialize: asIs },
};

/** Gives the schema's custom scalars their behaviour. Throws where the schema has a scalar not known here. */
export function attachScalars(schema: GraphQLSchema): void {
  const standard = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!(type instanceof GraphQLScalarType) || standard.has(type.name)) continue;
    const coercion = COERCIONS[type.name];
    if (!coercion) throw new Error(`The emulator does not know the scalar ${type.name}.`);
    type.parseValue = coercion.parse;
    type.serialize = coercion.serialize;
    type.parseLiteral = (node, variables) =>
      coercion.parse(
        node.kind === Kind.INT || node.kind === Kind.FLOAT
          ? node.value
          : valueFromASTUntyped(node, variables),
      );
  }
}
