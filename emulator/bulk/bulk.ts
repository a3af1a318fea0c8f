/** Bulk operations: rows run in the background, at the speed the `bulkRowsPerSecond` switch says. */
import { setTimeout as sleep } from 'node:timers/promises';
import { instant } from '../clock';
import type { EmulatorContext } from '../context';
import type { Call } from '../graphql/call';
import type { CompiledDocument } from '../graphql/documents';
import { randomUuid } from '../random';
import type { BulkOperation } from '../state/operations';
import type { EmulatorState } from '../state/state';
import { newGid } from '../state/state';
import { bulkLines } from './lines';

/** Rows run between two waits: short enough that other calls get their turn. */
const TICK_MS = 50;
const ROWS_WITHOUT_LIMIT = 50;

const stoppers = new WeakMap<EmulatorContext, AbortController>();

function stopper(context: EmulatorContext): AbortController {
  const known = stoppers.get(context);
  if (known) return known;
  const created = new AbortController();
  stoppers.set(context, created);
  return created;
}

/** Ends the waits of all running operations of an emulator that is being closed. */
export function stopBulk(context: EmulatorContext): void {
  stopper(context).abort();
  stoppers.delete(context);
}

/** Operations a data file holds as running ended with the process that ran them. */
export function failInterrupted(state: EmulatorState): void {
  for (const shop of state.shops.values()) {
    for (const operation of shop.bulkOperations.values()) {
      if (/^(CREATED|RUNNING|CANCELING)$/.test(operation.status)) {
        Object.assign(operation, { status: 'FAILED', errorCode: 'INTERNAL_SERVER_ERROR' });
      }
    }
  }
}

function createOperation(call: Call, type: BulkOperation['type'], query: string): BulkOperation {
  const operation: BulkOperation = {
    id: newGid(call.emulator.state, 'BulkOperation'),
    type,
    status: 'CREATED',
    errorCode: null,
    query,
    createdAt: instant(call.emulator.clock.now()),
    completedAt: null,
    objectCount: 0,
    rootObjectCount: 0,
    fileSize: null,
    hasResult: false,
    partial: false,
  };
  call.shop.bulkOperations.set(operation.id, operation);
  return operation;
}

function finish(
  call: Call,
  operation: BulkOperation,
  lines: readonly string[],
  status: BulkOperation['status'],
): void {
  const { emulator, shop } = call;
  const text = lines.map((line) => `${line}\n`).join('');
  operation.status = status;
  operation.completedAt = instant(emulator.clock.now());
  operation.hasResult = status === 'COMPLETED' && lines.length > 0;
  operation.partial = status !== 'COMPLETED' && lines.length > 0;
  operation.fileSize = lines.length > 0 ? Buffer.byteLength(text) : null;
  if (lines.length > 0) shop.bulkResults.set(operation.id, text);
  emulator.state.events.emit({
    topic: 'bulk_operations/finish',
    shop: shop.domain,
    eventId: randomUuid(emulator.random),
    at: operation.completedAt,
    bulkOperationId: operation.id,
  });
}

const isCanceled = (operation: BulkOperation): boolean => operation.status === 'CANCELING';

/** Calls `row` for each index at the pace of the switch, until the operation is cancelled or is to fail. */
async function paced(
  call: Call,
  operation: BulkOperation,
  count: number,
  row: (index: number) => void,
): Promise<void> {
  const { signal } = stopper(call.emulator);
  let due = 0;
  let at = 0;
  while (at < count && !isCanceled(operation)) {
    const rate = call.emulator.switches.bulkRowsPerSecond;
    const fails = call.emulator.switches.bulkFailsAfterRows;
    const last = Math.min(count, fails ?? count);
    due = rate > 0 ? due + (rate * TICK_MS) / 1000 : ROWS_WITHOUT_LIMIT;
    for (; due >= 1 && at < last; due--) row(at++);
    if (fails !== null && at >= fails && at < count) throw new Error(`Failed after ${at} rows.`);
    await sleep(rate > 0 ? TICK_MS : 0, undefined, { signal });
  }
}

function inBackground(
  call: Call,
  operation: BulkOperation,
  lines: readonly string[],
  work: () => Promise<void>,
): void {
  const { signal } = stopper(call.emulator);
  const run = async () => {
    const beginsAt = Date.now() + call.emulator.switches.bulkStartDelayMs;
    do await sleep(Math.min(TICK_MS, Math.max(0, beginsAt - Date.now())), undefined, { signal });
    while (Date.now() < beginsAt && !isCanceled(operation));
    if (!isCanceled(operation)) operation.status = 'RUNNING';
    await work();
    finish(call, operation, lines, isCanceled(operation) ? 'CANCELED' : 'COMPLETED');
  };
  run().catch((error: unknown) => {
    if (signal.aborted) return;
    operation.errorCode = 'INTERNAL_SERVER_ERROR';
    const message = error instanceof Error ? error.message : String(error);
    // What a mutation has done is told as it is.
    const why = operation.type === 'QUERY' ? [JSON.stringify({ errors: [{ message }] })] : [];
    finish(call, operation, [...lines, ...why], 'FAILED');
  });
}

function rowResult(call: Call, compiled: CompiledDocument, line: string): object {
  let variables: unknown;
  try {
    variables = JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { errors: [{ message: `The line is not JSON: ${error.message}` }] };
  }
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) {
    return { errors: [{ message: 'The line is not a JSON object of variables.' }] };
  }
  return call.runner.run(compiled, Object.fromEntries(Object.entries(variables)), call);
}

/** Indexes in the order in which the lines of a file are run. */
function lineOrder({ emulator }: Call, count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  if (emulator.switches.bulkLineOrder === 'file') return order;
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(emulator.random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

/** Starts a bulk mutation over the lines of an uploaded file. */
export function runBulkMutation(
  call: Call,
  text: string,
  compiled: CompiledDocument,
  file: string,
): BulkOperation {
  const operation = createOperation(call, 'MUTATION', text);
  const rows = file.split('\n').filter((line) => line.trim() !== '');
  const inRow: Call = { ...call, operation: compiled.name, inBulk: true };
  const lines: string[] = [];
  const order = lineOrder(call, rows.length);
  inBackground(call, operation, lines, () =>
    paced(call, operation, rows.length, (at) => {
      const index = order[at] ?? 0;
      const result = rowResult(inRow, compiled, rows[index] ?? '');
      lines.push(JSON.stringify({ ...result, __lineNumber: index }));
      operation.objectCount++;
      operation.rootObjectCount++;
    }),
  );
  return operation;
}

/**
 * Starts a bulk query. The rows are those of the moment it starts; pages and cursors are ignored. Where objects are not
 * grouped, children come anywhere after their parents: here, after all objects that have none.
 */
export function runBulkQuery(
  call: Call,
  text: string,
  compiled: CompiledDocument,
  groupObjects: boolean,
): BulkOperation {
  const operation = createOperation(call, 'QUERY', text);
  const lines: string[] = [];
  inBackground(call, operation, lines, async () => {
    const result = call.runner.run(compiled, {}, { ...call, operation: compiled.name, inBulk: true });
    if (result.errors) throw new Error(result.errors.map(({ message }) => message).join(' '));
    const grouped = bulkLines(result.data);
    const rows = groupObjects
      ? grouped
      : [...grouped.filter(({ isRoot }) => isRoot), ...grouped.filter(({ isRoot }) => !isRoot)];
    await paced(call, operation, rows.length, (index) => {
      const row = rows[index];
      if (!row) return;
      lines.push(JSON.stringify(row.line));
      operation.objectCount++;
      if (row.isRoot) operation.rootObjectCount++;
    });
  });
  return operation;
}

/** Asks an operation to stop; false where it has ended already. */
export function cancelBulk(operation: BulkOperation): boolean {
  if (!/^(CREATED|RUNNING)$/.test(operation.status)) return false;
  operation.status = 'CANCELING';
  return true;
}
