/** Changes of the catalog that wait for an approval. A person gives it in the app: a program that went wrong must not. */
import { z } from 'zod';
import { readHold } from '~/db/pages/source-holds.server';
import { endpoint, none } from './endpoint';
import type { Endpoint } from './endpoint';
import { guardFinding, guardFindingJson } from './job';
import { id, named } from './schemas';

const heldChanges = named(
  'HeldChanges',
  z.object({
    held: z
      .object({
        id,
        products: z.int(),
        findings: z.array(guardFinding).describe('Limits of the shop that the changes go beyond.'),
        found_at: z.iso.datetime(),
        compared_at: z.iso.datetime(),
      })
      .nullable()
      .describe('Null where nothing is held.'),
  }),
);

export const heldChangesEndpoints: Endpoint[] = [
  endpoint({
    id: 'getHeldChanges',
    method: 'GET',
    path: '/held-changes',
    tag: 'Sync',
    scope: 'jobs:read',
    summary: 'Changes that wait for an approval',
    description:
      'Where the shop asks for it, changes that come from the database or by this API and go beyond its limits are not written to Shopify until a person approves them in the app.',
    params: none,
    query: none,
    body: none,
    answers: { 200: { description: 'What is held now.', body: heldChanges } },
    problems: [],
  })(async ({ resources, shop }) => {
    const hold = await readHold(resources.db, shop.id);
    return {
      status: 200,
      body: {
        held: hold && {
          id: hold.id,
          products: hold.products,
          findings: hold.findings.map(guardFindingJson),
          found_at: hold.foundAt,
          compared_at: hold.lookedAt,
        },
      },
    };
  }),
];
