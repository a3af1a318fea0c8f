/** metafieldsSet and metafieldsDelete. */
import { Change } from '../../catalog/change';
import type { InputError } from '../../catalog/change';
import {
  checkMetafield,
  fullNamespace,
  metafieldDigest,
  metafieldKey,
  metafieldOwner,
  setMetafield,
} from '../../catalog/metafields';
import type { MetafieldInput } from '../../catalog/metafields';
import { gidType } from '../../state/gid';
import type { Gid } from '../../state/gid';
import type { Call, FieldResolver } from '../call';
import { findNode } from '../queries/nodes';
import { metafieldSource } from '../types/metafield-type';
import { requireScope } from './product-mutations';

interface SetInput extends MetafieldInput {
  ownerId: Gid;
  key: string;
  value: string;
  compareDigest?: string | null;
}

const MAX_METAFIELDS = 25;

function requireOwnersScope(call: Call, ids: readonly Gid[], field: string): void {
  if (ids.some((id) => /^Product(Variant)?$/.test(gidType(id) ?? '')))
    requireScope(call, 'write_products', field);
}

/** Refusals of one metafield. An absent digest checks nothing; null means that it must not exist yet. */
function checkOne(call: Call, input: SetInput, index: number): (InputError & { elementIndex: number })[] {
  const field = ['metafields', String(index)];
  const refuse = (code: string, name: string, message: string) => [
    { code, field: [...field, name], message, elementIndex: index },
  ];
  const owner = metafieldOwner(call.shop, input.ownerId);
  if (!owner) return refuse('INVALID', 'ownerId', 'Owner does not exist');
  const errors = checkMetafield(owner.metafields, input, field);
  if (errors.length > 0) return errors.map((error) => ({ ...error, elementIndex: index }));
  if (input.compareDigest === undefined) return [];
  const current = owner.metafields.get(metafieldKey(fullNamespace(input.namespace), input.key));
  const digest = current ? metafieldDigest(current) : null;
  if (digest === input.compareDigest) return [];
  return refuse(
    'STALE_OBJECT',
    'compareDigest',
    'The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.',
  );
}

const metafieldsSet: FieldResolver = (_root, args: { metafields: SetInput[] }, call) => {
  requireOwnersScope(
    call,
    args.metafields.map(({ ownerId }) => ownerId),
    'metafieldsSet',
  );
  if (args.metafields.length > MAX_METAFIELDS) {
    const message = `Exceeded the maximum metafields input limit of ${MAX_METAFIELDS}.`;
    return {
      metafields: null,
      userErrors: [{ code: 'LESS_THAN_OR_EQUAL_TO', field: ['metafields'], message, elementIndex: null }],
    };
  }
  const errors = args.metafields.flatMap((input, index) => checkOne(call, input, index));
  if (errors.length > 0) return { metafields: null, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const metafields = args.metafields.flatMap((input) => {
    const owner = metafieldOwner(call.shop, input.ownerId);
    const node = findNode(call, input.ownerId);
    if (!owner || !node) return [];
    const written = setMetafield(change, owner.metafields, input);
    if (written.changed) owner.changed(change);
    return [metafieldSource({ ...node, id: input.ownerId, metafields: owner.metafields }, written.metafield)];
  });
  change.commit();
  return { metafields, userErrors: [] };
};

interface Identifier {
  ownerId: Gid;
  namespace: string;
  key: string;
}

const metafieldsDelete: FieldResolver = (_root, args: { metafields: Identifier[] }, call) => {
  requireOwnersScope(
    call,
    args.metafields.map(({ ownerId }) => ownerId),
    'metafieldsDelete',
  );
  const errors = args.metafields.flatMap(({ ownerId }, index): InputError[] =>
    metafieldOwner(call.shop, ownerId)
      ? []
      : [{ code: null, field: ['metafields', String(index), 'ownerId'], message: 'Owner does not exist' }],
  );
  if (errors.length > 0) return { deletedMetafields: null, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const deletedMetafields = args.metafields.map(({ ownerId, namespace, key }) => {
    const owner = metafieldOwner(call.shop, ownerId);
    if (!owner?.metafields.delete(metafieldKey(fullNamespace(namespace), key))) return null;
    owner.changed(change);
    return { ownerId, namespace, key };
  });
  change.commit();
  return { deletedMetafields, userErrors: [] };
};

export const metafieldMutations: Record<string, FieldResolver> = { metafieldsSet, metafieldsDelete };
