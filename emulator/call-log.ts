/** What the app asked of the emulator: tests and benches count calls, bytes and points here. */

export interface RecordedCall {
  sequence: number;
  /** Epoch milliseconds on the emulator's clock at arrival. */
  at: number;
  durationMs: number;
  method: string;
  path: string;
  shop: string | null;
  /** Name of the operation, or null. */
  operation: string | null;
  kind: 'query' | 'mutation' | null;
  /** Root fields in document order, aliases resolved: ["productUpdate", "metafieldsSet"]. */
  fields: string[];
  requestBytes: number;
  answerBytes: number;
  /** Points; null where the call did not get that far. */
  requestedCost: number | null;
  actualCost: number | null;
  /** HTTP status; null where no answer was sent. */
  status: number | null;
  throttled: boolean;
  /** Kind of the fault that struck, or null. */
  fault: string | null;
  /** Document and variables; null for all but the newest calls. */
  document: string | null;
  variables: Record<string, unknown> | null;
}

/** Calls kept at all, and with their document and variables. */
const KEPT = 100_000;
const KEPT_WHOLE = 2_000;

export class CallLog {
  #calls: RecordedCall[] = [];
  #sequence = 0;

  record(call: Omit<RecordedCall, 'sequence'>): void {
    this.#calls.push({ ...call, sequence: ++this.#sequence });
    const faded = this.#calls[this.#calls.length - KEPT_WHOLE - 1];
    if (faded) {
      faded.document = null;
      faded.variables = null;
    }
    if (this.#calls.length > KEPT) this.#calls = this.#calls.slice(KEPT / 10);
  }

  /** All calls since the last reset, oldest first. */
  all(): readonly RecordedCall[] {
    return this.#calls;
  }

  reset(): void {
    this.#calls = [];
  }
}
