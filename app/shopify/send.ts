/** Sends operations: documents, several at a time, down to the culprit where one is refused whole. */
import { z } from 'zod';
import { DOCUMENT_LIMITS, batchOperations, halve } from '~/core/batch';
import type { Batch, Call } from '~/core/call';
import type { Operation } from '~/core/operation';
import type { OperationOutcome } from '~/core/outcome';
import { wholePoints } from '~/core/points';
import { prepareCall } from './call-text';
import type { ShopContext } from './call-text';
import type { GraphqlClient } from './client';
import { compose } from './compose';
import { addSpent, nothingSpent } from './gateway';
import type { CallLimits, SendReport, Spent } from './gateway';
import { outcomesOf } from './outcomes';
import type { CallAnswer } from './outcomes';

/** A document of these calls, and the points it should cost. */
export function composeBatch(calls: Call[], shop: ShopContext) {
  const prepared = calls.map((call) => prepareCall(call, shop));
  const document = compose(prepared);
  const own = prepared.reduce((sum, { ownPoints }) => sum + ownPoints, 0);
  const payloads = document.points.reduce((sum, points) => sum + points, 0);
  return { ...document, points: wholePoints(own + payloads) };
}

/** What one call adds to a document. */
export function measureCall(call: Call, shop: ShopContext): { points: number; bytes: number } {
  const { query, variables, points } = composeBatch([call], shop);
  return { points, bytes: query.length + Buffer.byteLength(JSON.stringify(variables)) };
}

interface Sending {
  client: GraphqlClient;
  shop: ShopContext;
  limits: CallLimits;
  onSending: (calls: Call[]) => Promise<void>;
  onDocument: (report: SendReport) => Promise<void>;
}

function untold(calls: Call[], tell: (operation: Operation) => OperationOutcome): OperationOutcome[] {
  return calls.flatMap((call) => call.operations.map(tell));
}

/** What became of the calls of one document; calls to be sent again in parts come back as batches. */
async function sendDocument(
  sending: Sending,
  batch: Batch,
): Promise<{ outcomes: OperationOutcome[]; again: Batch[]; spent: Spent }> {
  const { client, shop, limits } = sending;
  const document = composeBatch(batch.calls, shop);
  const measure = (call: Call) => measureCall(call, shop);
  // Calls share their page sizes: together they may ask for more than each by itself. Shopify would refuse the document.
  const parts = document.points > DOCUMENT_LIMITS.points ? halve(batch, measure) : null;
  if (parts) return { outcomes: [], again: parts, spent: nothingSpent() };
  await sending.onSending(batch.calls);
  const { answer, spent } = await client.call({ ...document, isMutation: true }, limits);
  if (answer.kind === 'unknown')
    return {
      outcomes: untold(batch.calls, (operation) => ({ kind: 'unknown', operation, message: answer.message })),
      again: [],
      spent,
    };
  if (answer.kind === 'refused') {
    const halves = halve(batch, measure);
    if (halves) return { outcomes: [], again: halves, spent };
    return {
      outcomes: untold(batch.calls, (operation) => ({ kind: 'refused', operation, errors: answer.errors })),
      again: [],
      spent,
    };
  }
  spent.mutations += batch.calls.length;
  const outcomes: OperationOutcome[] = [];
  const again: Batch[] = [];
  batch.calls.forEach((call, index) => {
    const alias = document.aliases[index] ?? '';
    const errors = answer.errors.get(alias);
    const told: CallAnswer =
      errors && answer.data[alias] == null ? { errors } : { payload: answer.data[alias] };
    try {
      const outcome = outcomesOf(call, told);
      if (outcome.kind === 'settled') outcomes.push(...outcome.outcomes);
      else again.push(...(halve({ calls: [call], points: 0, bytes: 0 }, measure) ?? []));
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      // Written, but the answer is not of the shape the schema promises: look at what Shopify holds now.
      const message = `Shopify's answer was not understood: ${z.prettifyError(error)}`;
      outcomes.push(...untold([call], (operation) => ({ kind: 'unknown', operation, message })));
    }
  });
  return { outcomes, again, spent };
}

async function sendBatch(sending: Sending, batch: Batch): Promise<SendReport> {
  const { outcomes, again, spent } = await sendDocument(sending, batch);
  const share = outcomes.length > 0 ? spent.points / outcomes.length : 0;
  const report: SendReport = {
    calls: spent.calls > 0 ? batch.calls : [],
    outcomes: outcomes.map((outcome) => ({ outcome, points: share })),
    spent,
  };
  if (outcomes.length > 0 || spent.calls > 0) await sending.onDocument(report);
  let total = report;
  // Parts of one document may hold operations of one product: they keep their order.
  for (const part of again) total = joined(total, await sendBatch(sending, part));
  return total;
}

const nothingSent = (): SendReport => ({ calls: [], outcomes: [], spent: nothingSpent() });

function joined(a: SendReport, b: SendReport): SendReport {
  return {
    calls: [...a.calls, ...b.calls],
    outcomes: [...a.outcomes, ...b.outcomes],
    spent: addSpent(a.spent, b.spent),
  };
}

/** ShopifyStore.send over a client. */
export async function sendOperations(
  operations: Operation[],
  sending: Omit<Sending, 'onSending' | 'onDocument'> & {
    onSending?: Sending['onSending'] | undefined;
    onDocument?: Sending['onDocument'] | undefined;
  },
): Promise<SendReport> {
  const { onSending = async () => undefined, onDocument = async () => undefined, ...rest } = sending;
  const chains = batchOperations(operations, (call) => measureCall(call, sending.shop));
  // What is on its way is recorded before anything is thrown: whoever takes the work over must find it.
  const results = await Promise.allSettled(
    chains.map(async (chain) => {
      let report = nothingSent();
      for (const batch of chain)
        report = joined(report, await sendBatch({ ...rest, onSending, onDocument }, batch));
      return report;
    }),
  );
  const reports = results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return reports.reduce(joined, nothingSent());
}
