/** Shopify's complaints, and what they say of a write. */
import { z } from 'zod';
import type { WriteError } from '~/core/outcome';

const userError = z.object({
  field: z.array(z.string()).nullish(),
  message: z.string(),
  code: z.string().nullish(),
});
const payload = z.looseObject({
  userErrors: z.array(userError).default([]),
  mediaUserErrors: z.array(userError).default([]),
});

/** What we held was out of date, whatever the value: look again rather than fail. */
const STALE_CODES = new Set([
  'CHANGE_FROM_QUANTITY_STALE',
  'STALE_OBJECT',
  'PRODUCT_DOES_NOT_EXIST',
  'PRODUCT_VARIANT_DOES_NOT_EXIST',
  'VARIANT_ALREADY_EXISTS',
  'MUST_BE_FOR_THIS_PRODUCT',
  'PRODUCT_NOT_FOUND',
  'INVALID_INVENTORY_ITEM',
  'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
  'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED',
  'IDEMPOTENCY_CONCURRENT_REQUEST',
]);

/** Mutations whose errors have no code say it in words. */
const STALE_WORDS = /(does not|doesn't) exist|not found|could not be found/i;

export function isStale({ code, message }: WriteError): boolean {
  return STALE_CODES.has(code) || (code === 'USER_ERROR' && STALE_WORDS.test(message));
}

/** Shopify broke: what it was asked may or may not have been done. */
export function isFailureOfShopify({ code }: WriteError): boolean {
  return code === 'INTERNAL_SERVER_ERROR' || code === 'TIMEOUT';
}

/** The errors that a mutation's payload tells of. Throws a ZodError where it is none. */
export function errorsIn(answered: unknown): WriteError[] {
  const { userErrors, mediaUserErrors } = payload.parse(answered);
  return [...userErrors, ...mediaUserErrors].map(({ code, field, message }) => ({
    code: code ?? 'USER_ERROR',
    field: field ?? [],
    message,
  }));
}
