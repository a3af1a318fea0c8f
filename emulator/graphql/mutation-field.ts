/** What every mutation has in common: faults that answer with userErrors, and `@idempotent` keys. */
import { getDirectiveValues } from 'graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { Change } from '../catalog/change';
import type { InputError } from '../catalog/change';
import type { IdempotencyRecord } from '../state/operations';
import { apiError } from './call';
import type { Call, FieldResolver } from './call';

const REMEMBERED_MS = 24 * 3_600_000;

/** What a mutation answers. */
export interface Payload {
  userErrors: readonly object[];
  [field: string]: unknown;
}

/** A mutation that must be called under an idempotency key. Methods, so that each may name the type of its arguments. */
export interface IdempotentMutation {
  idempotency: 'required';
  /** Does the work; answers refusals, or plain data to build the payload of. */
  run(args: object, change: Change, call: Call): { errors: InputError[] } | { replay: unknown };
  /** Builds the payload from the current state; `replay` is null where the mutation was refused. */
  payload(replay: unknown, errors: InputError[], call: Call): Payload;
}

export type Mutation = FieldResolver | IdempotentMutation;

const isIdempotent = (mutation: Mutation): mutation is IdempotentMutation => typeof mutation !== 'function';

function refusedByFault(call: Call, field: string): Payload | null {
  const { emulator, shop, operation } = call;
  const rule = emulator.faults.strikeField({ shop: shop.domain, operation, fields: [field] });
  if (!rule) return null;
  const errors = rule.userErrors ?? [
    { field: null, message: 'Refused by a fault rule of the emulator', code: null },
  ];
  return { userErrors: errors, mediaUserErrors: errors, shop };
}

function keyOf(info: GraphQLResolveInfo): string | null {
  const directive = info.schema.getDirective('idempotent');
  const node = info.fieldNodes[0];
  if (!directive || !node) return null;
  const key = getDirectiveValues(directive, node, info.variableValues)?.['key'];
  return typeof key === 'string' && key !== '' ? key : null;
}

function remembered(call: Call, key: string): IdempotencyRecord | null {
  const record = call.shop.idempotency.get(key);
  if (!record) return null;
  if (call.emulator.clock.now() - record.at < REMEMBERED_MS) return record;
  call.shop.idempotency.delete(key);
  return null;
}

const refusal = (code: string, message: string): InputError[] => [{ code, field: null, message }];

/** Runs a mutation under a key: the same key and arguments answer again without doing anything again. */
function runOnce(mutation: IdempotentMutation, args: object, call: Call, info: GraphQLResolveInfo): Payload {
  const key = keyOf(info);
  if (key === null) {
    throw apiError(
      `The @idempotent directive is required for ${info.fieldName}: add @idempotent(key: "...") to the field.`,
      'BAD_REQUEST',
    );
  }
  const fingerprint = JSON.stringify(args);
  const former = remembered(call, key);
  if (former && (former.mutation !== info.fieldName || former.fingerprint !== fingerprint)) {
    const message = 'The idempotency key was used before with other parameters.';
    return mutation.payload(null, refusal('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', message), call);
  }
  if (former && former.replay === null) {
    const message = 'The previous attempt with this idempotency key failed. Use a new key.';
    return mutation.payload(null, refusal('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', message), call);
  }
  if (former) return mutation.payload(former.replay, [], call);
  const change = new Change(call.emulator, call.shop);
  const outcome = mutation.run(args, change, call);
  const replay = 'replay' in outcome ? outcome.replay : null;
  const errors = 'errors' in outcome ? outcome.errors : [];
  if (replay !== null || call.emulator.switches.idempotencyKeepsFailures) {
    call.shop.idempotency.set(key, { mutation: info.fieldName, fingerprint, at: change.nowMs, replay });
  }
  change.commit();
  return mutation.payload(replay, errors, call);
}

/** The resolver of a mutation's root field. */
export function mutationField(mutation: Mutation): FieldResolver {
  return (source, args, call, info) => {
    const refused = refusedByFault(call, info.fieldName);
    if (refused) return refused;
    return isIdempotent(mutation) ? runOnce(mutation, args, call, info) : mutation(source, args, call, info);
  };
}
