/** Bulk operations that write: a file of variables, a mutation that is carried out for each line, and its results. */
import { z } from 'zod';
import { MUTATION_POINTS } from '~/core/cost';
import type { Operation } from '~/core/operation';
import type { OperationOutcome, WriteError } from '~/core/outcome';
import { schemas } from './answers';
import { ShopifyUnreadable } from './ask';
import { linesOf } from './bulk-lines';
import type { DownloadParts } from './bulk-lines';
import { prepareCall } from './call-text';
import type { PreparedCall, ShopContext } from './call-text';
import type { GraphqlAnswer, GraphqlClient } from './client';
import { compose, renamedDocument } from './compose';
import type { CallText } from './compose';
import * as documents from './documents';
import { addSpent } from './gateway';
import type { BulkStart, BulkWrites, CallLimits, Spent } from './gateway';
import { outcomesOf } from './outcomes';
import type { CallAnswer } from './outcomes';

/** Beyond its 10 points: the sample of Shopify's documentation says 11. */
const STAGE_POINTS = 11;
/** An upload may take this long; the file has up to 100 MB. */
const UPLOAD_MS = 300_000;

const staged = z.object({
  stagedTargets: z
    .array(
      z.object({
        url: z.string().nullable(),
        parameters: z.array(z.object({ name: z.string(), value: z.string() })),
      }),
    )
    .nullable(),
  userErrors: z.array(z.object({ message: z.string() })),
});
const started = z.object({
  bulkOperation: z.object({ id: schemas.gid }).nullable(),
  userErrors: z.array(z.object({ code: z.string().nullable(), message: z.string() })),
});
const listed = z.object({ nodes: z.array(z.object({ id: schemas.gid, query: z.string() })) });
const resultLine = z.object({
  __lineNumber: z.number().int(),
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.looseObject({ code: z.string().optional() }).optional(),
      }),
    )
    .optional(),
});

/** What none of the calls needs of the payload they share. */
function omittedByAll(prepared: PreparedCall[]): Set<string> {
  const [first, ...others] = prepared.map(({ omit }) => omit ?? new Set<string>());
  return new Set([...(first ?? [])].filter((path) => others.every((omit) => omit.has(path))));
}

/** The mutation of these operations, and the variables of each of them as a line. Throws where they are of several kinds. */
export function bulkFile(operations: Operation[], shop: ShopContext, token: string) {
  const prepared = operations.map((operation) =>
    prepareCall({ kind: operation.kind, operations: [operation] }, shop),
  );
  const [first] = prepared;
  if (!first || prepared.some(({ document }) => document !== first.document))
    throw new Error('A bulk operation carries out one mutation: give it operations of one kind.');
  return {
    mutation: renamedDocument(first.document, token, omittedByAll(prepared)),
    lines: prepared.map(({ variables }) => `${JSON.stringify(variables)}\n`),
  };
}

function answerOf(line: z.infer<typeof resultLine>): CallAnswer {
  const [payload] = Object.values(line.data ?? {});
  if (payload != null) return { payload };
  const errors = (line.errors ?? []).map(({ message, extensions }): WriteError => ({
    code: extensions?.code ?? 'GRAPHQL_ERROR',
    field: [],
    message,
  }));
  return { errors: errors.length > 0 ? errors : [{ code: 'GRAPHQL_ERROR', field: [], message: 'No data.' }] };
}

/** Null where the line says nothing that may be recorded: the operation is to be sent by itself. */
function outcomeOf(operation: Operation, answer: CallAnswer): OperationOutcome | null {
  try {
    const outcome = outcomesOf({ kind: operation.kind, operations: [operation] }, answer);
    const [own] = outcome.kind === 'settled' ? outcome.outcomes : [];
    return own && own.kind !== 'refused' && own.kind !== 'stale' ? own : null;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const message = `Shopify’s answer was not understood: ${z.prettifyError(error)}`;
    return { kind: 'unknown', operation, message };
  }
}

function understoodLine(text: string): z.infer<typeof resultLine> | null {
  try {
    return resultLine.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null; // A line that is cut off tells nothing: its operation counts as one without an answer.
  }
}

/** BulkWrites over a client. */
export function createBulkWrites(client: GraphqlClient, parts: DownloadParts, shop: ShopContext): BulkWrites {
  const call = async (text: CallText, isMutation: boolean, own: number, limits: CallLimits | undefined) => {
    const document = compose([text]);
    const points = Math.ceil((document.points[0] ?? 0) + own);
    const { answer, spent } = await client.call({ ...document, isMutation, points }, limits);
    return { answer, spent, value: valueOf(answer, document.aliases[0] ?? '') };
  };

  const stage = async (token: string, limits: CallLimits | undefined) => {
    const upload = {
      resource: 'BULK_MUTATION_VARIABLES',
      filename: `${token}.jsonl`,
      mimeType: 'text/jsonl',
      httpMethod: 'POST',
    };
    const text = { document: documents.STAGE_UPLOAD, variables: { uploads: [upload] } };
    // Staged twice, the former place is never used: a lost answer does no harm.
    const { answer, value, spent } = await call(text, true, STAGE_POINTS, limits);
    if (answer.kind !== 'answered') throw new ShopifyUnreadable(problemOf(answer));
    const { stagedTargets, userErrors } = staged.parse(value);
    const target = stagedTargets?.[0];
    const url = target?.url;
    if (!target || url == null)
      throw new ShopifyUnreadable(`Shopify gave no place to upload to. ${userErrors[0]?.message ?? ''}`);
    return { target: { url, parameters: target.parameters }, spent };
  };

  const upload = async (
    target: { url: string; parameters: { name: string; value: string }[] },
    lines: string[],
    limits: CallLimits | undefined,
  ): Promise<string> => {
    const form = new FormData();
    for (const { name, value } of target.parameters) form.append(name, value);
    // Shopify's storage takes nothing that comes after the file.
    form.append('file', new Blob(lines, { type: 'text/jsonl' }), 'variables.jsonl');
    const stop = AbortSignal.timeout(UPLOAD_MS);
    const signal = limits?.signal ? AbortSignal.any([limits.signal, stop]) : stop;
    let answer: Response;
    try {
      answer = await parts.fetch(target.url, { method: 'POST', body: form, signal });
    } catch (error) {
      limits?.signal?.throwIfAborted();
      throw new ShopifyUnreadable(`The file could not be uploaded to Shopify: ${String(error)}`);
    }
    if (!answer.ok)
      throw new ShopifyUnreadable(
        `The file could not be uploaded to Shopify: HTTP ${answer.status} ${(await answer.text()).slice(0, 200)}`,
      );
    await answer.body?.cancel();
    return target.parameters.find(({ name }) => name === 'key')?.value ?? '';
  };

  return {
    startBulkWrite: async (operations, token, limits) => {
      const { mutation, lines } = bulkFile(operations, shop, token);
      const { target, spent: staging } = await stage(token, limits);
      const path = await upload(target, lines, limits);
      const variables = { mutation, path, token };
      const run = { document: documents.RUN_BULK_MUTATION, variables };
      const { answer, value, spent: own } = await call(run, true, MUTATION_POINTS, limits);
      const spent: Spent = addSpent(staging, own);
      return { start: startOf(answer, value), spent };
    },
    findBulkWrite: async (token, limits) => {
      const text = { document: documents.LIST_BULK_MUTATIONS, variables: {} };
      const { answer, value, spent } = await call(text, false, 0, limits);
      if (answer.kind !== 'answered') throw new ShopifyUnreadable(problemOf(answer));
      const found = listed.parse(value).nodes.find(({ query }) => query.includes(token));
      return { id: found?.id ?? null, spent };
    },
    bulkOutcomes: async function* (url, operations, limits) {
      for await (const text of linesOf(parts, url, limits?.signal)) {
        const line = understoodLine(text);
        const operation = line && operations[line.__lineNumber];
        if (!line || !operation) continue;
        yield { index: line.__lineNumber, outcome: outcomeOf(operation, answerOf(line)) };
      }
    },
  };
}

function valueOf(answer: GraphqlAnswer, alias: string): unknown {
  return answer.kind === 'answered' ? answer.data[alias] : undefined;
}

function problemOf(answer: GraphqlAnswer): string {
  if (answer.kind === 'unknown') return answer.message;
  const errors = answer.kind === 'refused' ? answer.errors : [...answer.errors.values()].flat();
  return `Shopify refused the call: ${errors.map(({ message, code }) => `${message} (${code})`).join('; ')}`;
}

function startOf(answer: GraphqlAnswer, value: unknown): BulkStart {
  if (answer.kind === 'unknown') return { kind: 'unknown', message: answer.message };
  if (answer.kind === 'refused' || value == null) return { kind: 'refused', message: problemOf(answer) };
  const { bulkOperation, userErrors } = started.parse(value);
  if (bulkOperation) return { kind: 'started', id: bulkOperation.id };
  if (userErrors.some(({ code }) => code === 'LIMIT_REACHED' || code === 'OPERATION_IN_PROGRESS'))
    return { kind: 'busy' };
  return { kind: 'refused', message: userErrors.map(({ message }) => message).join(' ') };
}
