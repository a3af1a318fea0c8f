/**
 * The one way to an action of a page: it says what its caller must be allowed to do, and runs only where they are.
 * tests/integration/roles.test.ts holds every page to it.
 */
import type { ActionFunctionArgs } from '@remix-run/node';
import { z } from 'zod';
import { may, refusalOf } from './core/roles';
import type { Capability } from './core/roles';
import { ownerNames } from './db/members.server';
import { authenticateShop } from './shopify.server';

/** One capability for all, or one for each word in the field "intent" of what is sent; other words need `otherwise`. */
export type Needs = Capability | { intents: Readonly<Record<string, Capability>>; otherwise: Capability };

export type Acting = Awaited<ReturnType<typeof authenticateShop>> & ActionFunctionArgs;

const sent = z.object({ intent: z.string() });

/** The field "intent" of a form or of JSON; null where there is none. */
async function intentOf(request: Request): Promise<string | null> {
  const type = request.headers.get('Content-Type') ?? '';
  if (type.startsWith('multipart/form-data')) return null;
  const text = await request.clone().text();
  if (!type.startsWith('application/json')) return new URLSearchParams(text).get('intent');
  try {
    return sent.safeParse(JSON.parse(text)).data?.intent ?? null;
  } catch {
    // What is no JSON has no intent: the action says what is wrong with it.
    return null;
  }
}

function neededFor(needs: Needs, intent: string | null): Capability {
  if (typeof needs === 'string') return needs;
  return intent !== null && Object.hasOwn(needs.intents, intent)
    ? (needs.intents[intent] ?? needs.otherwise)
    : needs.otherwise;
}

/**
 * Makes the action of a page: lets the caller in, and does what they ask where their role may. Else it answers what `refuse`
 * makes of the reason: it names the role, and who can change it.
 */
export function actionOf<Answer>(
  needs: Needs,
  refuse: (message: string, intent: string | null) => NoInfer<Answer>,
  act: (acting: Acting) => Promise<Answer>,
): (args: ActionFunctionArgs) => Promise<Answer> {
  return async (args) => {
    const authenticated = await authenticateShop(args.request);
    const { role, resources, shop } = authenticated;
    // Only where it matters: what is sent may be a large file.
    const intent = typeof needs === 'string' ? null : await intentOf(args.request);
    const needed = neededFor(needs, intent);
    if (!may(role, needed))
      return refuse(refusalOf(role, needed, await ownerNames(resources.db, shop.id)), intent);
    return act({ ...authenticated, ...args });
  };
}
