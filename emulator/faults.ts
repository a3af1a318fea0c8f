/**
 * Faults on demand. A rule says which Admin GraphQL calls it strikes and how. Rules are tried in the order they were
 * added; the first that strikes wins. Randomness is seeded, so a run of faults can be repeated.
 */
import { z } from 'zod';
import type { Random } from './random';

export const FAULT_KINDS = [
  /** Refused before anything was done. */
  'http-429',
  'http-500',
  'http-502',
  'http-503',
  'throttled',
  /** No answer comes; nothing was done (before) or everything was (after). */
  'timeout-before',
  'timeout-after',
  /** The connection is reset; nothing was done (before) or everything was (after). */
  'reset-before',
  'reset-after',
  /** Everything is done, the answer comes `ms` later. */
  'slow',
  /** Everything is done, the answer is cut off in the middle of its JSON. */
  'malformed-json',
  /** Struck root fields answer with userErrors and do nothing; the other root fields of the document run. */
  'user-errors',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export const faultRuleSchema = z.object({
  match: z
    .object({
      /** "something.myshopify.com" */
      shop: z.string().optional(),
      /** Name of the operation in the document. */
      operation: z.string().optional(),
      /** Name of a root field, e.g. "productUpdate". */
      field: z.string().optional(),
      /** Chance for each call that matches (for user-errors: each root field). Default 1. */
      probability: z.number().min(0).max(1).optional(),
      /** Strikes at most this often. Default: without end. */
      times: z.number().int().positive().optional(),
      /** Strikes only the nth match (1 = the first). */
      nth: z.number().int().positive().optional(),
    })
    .default({}),
  kind: z.enum(FAULT_KINDS),
  /** For slow: how much later. Default 5,000. */
  ms: z.number().int().positive().optional(),
  /** For user-errors: what to answer. */
  userErrors: z
    .array(
      z.object({
        field: z.array(z.string()).nullable(),
        message: z.string(),
        code: z.string().nullable().default(null),
      }),
    )
    .optional(),
});
export type FaultRule = z.infer<typeof faultRuleSchema>;

/** What a rule is matched against. */
export interface FaultTarget {
  shop: string;
  operation: string | null;
  fields: readonly string[];
}

interface ArmedRule {
  id: number;
  rule: FaultRule;
  seen: number;
  struck: number;
}

export interface ArmedFault {
  id: number;
  rule: FaultRule;
  /** How often it met a match, and how often it struck. */
  seen: number;
  struck: number;
}

export class Faults {
  #rules: ArmedRule[] = [];
  #nextId = 1;
  #fieldStrikes = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Arms a rule; answers its id. */
  add(rule: FaultRule): number {
    const id = this.#nextId++;
    this.#rules.push({ id, rule, seen: 0, struck: 0 });
    return id;
  }

  remove(id: number): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((armed) => armed.id !== id);
    return this.#rules.length < before;
  }

  clear(): void {
    this.#rules = [];
  }

  list(): ArmedFault[] {
    return this.#rules.map((armed) => ({ ...armed }));
  }

  /** How many root fields were struck so far. */
  get fieldStrikes(): number {
    return this.#fieldStrikes;
  }

  /** The fault that strikes this call as a whole, or null. */
  strikeCall(target: FaultTarget): FaultRule | null {
    return this.#strike(target, (rule) => rule.kind !== 'user-errors');
  }

  /** The user-errors rule that strikes this one root field, or null. */
  strikeField(target: FaultTarget): FaultRule | null {
    const rule = this.#strike(target, (one) => one.kind === 'user-errors');
    if (rule) this.#fieldStrikes++;
    return rule;
  }

  #strike(target: FaultTarget, concerns: (rule: FaultRule) => boolean): FaultRule | null {
    for (const armed of this.#rules) {
      const { match } = armed.rule;
      if (!concerns(armed.rule)) continue;
      if (match.shop !== undefined && match.shop !== target.shop) continue;
      if (match.operation !== undefined && match.operation !== target.operation) continue;
      if (match.field !== undefined && !target.fields.includes(match.field)) continue;
      if (match.times !== undefined && armed.struck >= match.times) continue;
      armed.seen++;
      if (match.nth !== undefined && armed.seen !== match.nth) continue;
      if (match.probability !== undefined && this.#random() >= match.probability) continue;
      armed.struck++;
      return armed.rule;
    }
    return null;
  }
}
