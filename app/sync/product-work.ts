/** One product while it is being looked at: its three states, and what became of each intended change. Pure but for itself. */
import { agree, pathKey } from '~/core/agree';
import { alignProduct } from '~/core/align';
import type { Alignment } from '~/core/align';
import type { Decision, FieldDecision, FieldPath, MergePolicy } from '~/core/decision';
import type { IntendedChange, Operation } from '~/core/operation';
import { planProduct } from '~/core/plan';
import type { BaseProduct, RemoteProduct, SourceId, SourceProduct } from '~/core/product-state';
import { mergeProduct } from '~/core/three-way-merge';
import type { Revisions } from '~/db/load-plan.server';
import type { ProductLink, ProductStates, SyncState } from '~/db/product-states.server';
import type { EndState } from '~/db/runs.server';
import { foundChanges } from './found-changes';

export interface SourceProblem {
  field: string;
  message: string;
}

export interface LoadedStates {
  states: ProductStates;
  source: { product: SourceProduct; problems: SourceProblem[] } | null;
  isPartial: boolean;
  revisions: Revisions;
}

export interface Failure {
  path: FieldPath;
  code: string;
  message: string;
}

/** What one merge asks for. */
export interface Look {
  pulls: { path: FieldPath; decision: Extract<Decision, { kind: 'pull' }> }[];
  conflicts: { path: FieldPath; decision: Extract<Decision, { kind: 'conflict' }> }[];
  /** Both sides hold the same although the base did not. */
  converged: ReadonlySet<string>;
  /** Of those, changes of the source that Shopify already held: intended changes that need no write. */
  found: IntendedChange[];
  operations: Operation[];
  alignment: Alignment;
}

export interface WorkPolicy {
  merge: MergePolicy;
  canPublish: boolean;
}

export class ProductWork {
  readonly productId: SourceId;
  link: ProductLink;
  source: SourceProduct | null;
  problems: SourceProblem[];
  base: BaseProduct | null;
  remote: RemoteProduct | null;
  /** What the cache holds in the database. */
  cached: RemoteProduct | null;
  /** Shopify must be asked before the next merge. */
  unread: boolean;
  applied = 0;
  pulled = 0;
  conflicted = 0;
  points = 0;
  failures: Failure[] = [];
  skips = new Map<string, number>();
  /** Message of the skip that a merchant would want to know of. */
  heldBack: { code: string; message: string } | null = null;
  isSettled = false;
  /** Somebody else recorded this product meanwhile: it is asked for again. */
  isOvertaken = false;
  /** The catalog's rows cannot be a product: only looked at again after they changed. */
  isRefused = false;
  /** The states hold only the variants that moved; the rest of the product is known to be unchanged. */
  isPartial: boolean;
  revisions: Revisions;

  constructor(productId: SourceId, loaded: LoadedStates) {
    this.productId = productId;
    this.link = loaded.states.link;
    this.source = loaded.source?.product ?? null;
    this.problems = loaded.source?.problems ?? [];
    this.base = loaded.states.base;
    this.remote = loaded.states.remote.kind === 'read' ? loaded.states.remote.product : null;
    this.cached = this.remote;
    this.unread = loaded.states.remote.kind === 'unread';
    this.isPartial = loaded.isPartial;
    this.revisions = loaded.revisions;
  }

  /** Takes in the whole product where some variants were not enough. What became of changes so far stays. */
  widen(loaded: LoadedStates): void {
    const whole = new ProductWork(this.productId, loaded);
    this.link = whole.link;
    this.source = whole.source;
    this.problems = whole.problems;
    this.base = whole.base;
    this.remote = whole.remote;
    this.cached = whole.cached;
    this.unread ||= whole.unread;
    this.isPartial = false;
    this.revisions = whole.revisions;
  }

  get title(): string {
    return this.source?.fields.title ?? this.remote?.fields.title ?? this.base?.fields.title?.source ?? '';
  }

  /** Rows that no product of Shopify can be made of: nothing of it is sent, and the merchant is told. */
  refuseImpossible(): void {
    const problem = this.problems.find(({ field }) => field === 'variants' || field === 'options');
    if (!problem) return;
    this.failures.push({
      path: { variant: null, field: 'existence' },
      code: 'impossible-rows',
      message: problem.message,
    });
    this.isRefused = true;
  }

  /** Merges and plans. Intended changes that already failed are left alone: they have their end state. */
  look(policy: WorkPolicy): Look {
    const { source, base, remote } = this;
    const alignment = alignProduct(source, base, remote);
    if (this.isRefused)
      return { pulls: [], conflicts: [], converged: new Set(), found: [], operations: [], alignment };
    const merged = mergeProduct({
      source,
      base,
      remote,
      alignment,
      policy: policy.merge,
      canPublish: policy.canPublish,
      onlyVariants: this.isPartial,
    });
    const failed = new Set(this.failures.map((failure) => pathKey(failure.path)));
    const decisions = merged.decisions.filter(({ path }) => !failed.has(pathKey(path)));
    this.noteSkips(decisions, merged.unchanged);
    const look: Look = {
      pulls: [],
      conflicts: [],
      converged: new Set(),
      found: [],
      operations: planProduct({
        productId: this.productId,
        intent: `${this.productId}@${this.link.version}`,
        source,
        remote,
        alignment,
        decisions,
        deletion: policy.merge.deletion,
      }),
      alignment,
    };
    const converged: FieldPath[] = [];
    for (const { path, decision } of decisions) {
      if (decision.kind === 'pull') look.pulls.push({ path, decision });
      else if (decision.kind === 'conflict') look.conflicts.push({ path, decision });
      else if (decision.kind === 'skip' && decision.reason === 'converged') converged.push(path);
    }
    this.conflicted = look.conflicts.length;
    const { isPartial } = this;
    const wasBeingCreated = this.link.createSentAt !== null;
    return {
      ...look,
      converged: new Set(converged.map(pathKey)),
      found: foundChanges({ source, base, remote, isPartial, wasBeingCreated }, converged),
    };
  }

  private noteSkips(decisions: FieldDecision[], unchanged: number): void {
    this.skips = new Map(unchanged > 0 ? [['unchanged', unchanged]] : []);
    this.heldBack = null;
    const count = (reason: string) => this.skips.set(reason, (this.skips.get(reason) ?? 0) + 1);
    for (const { decision } of decisions) {
      if (decision.kind !== 'skip') continue;
      count(decision.reason);
      if (decision.message !== undefined)
        this.heldBack ??= { code: decision.reason, message: decision.message };
    }
    for (const problem of this.problems) {
      count('not-possible');
      this.heldBack ??= { code: 'not-possible', message: problem.message };
    }
  }

  /** The base once these paths are settled. Null where one of the sides no longer exists. */
  agreed(
    settled: ReadonlySet<string>,
    created: ReadonlySet<string> = new Set(),
    mediaCreated: ReadonlyMap<string, string> = new Map(),
  ): BaseProduct | null {
    const { source, base, remote } = this;
    if (!source || !remote) return base;
    return agree({
      source,
      base,
      remote,
      alignment: alignProduct(source, base, remote),
      settled,
      created,
      mediaCreated,
    });
  }

  get syncState(): SyncState {
    if (this.failures.length > 0) return 'failed';
    if (this.conflicted > 0) return 'conflict';
    return this.heldBack ? 'held' : 'in-sync';
  }

  /** Whether the states agree in everything, so that the next look may skip what does not move until then. */
  get leavesNothing(): boolean {
    const isClean =
      this.failures.length === 0 &&
      this.conflicted === 0 &&
      this.problems.length === 0 &&
      this.heldBack === null;
    return this.isSettled && isClean && this.pulled === 0 && this.link.state === 'linked';
  }

  /** What became of the product as a whole, once nothing is left to do. */
  end(): EndState {
    const changes = this.applied + this.pulled;
    const whole = { productId: this.productId, changes, points: this.points };
    const [failure] = this.failures;
    if (failure) {
      const more = this.failures.length > 1 ? ` (and ${this.failures.length - 1} more)` : '';
      return { ...whole, state: 'failed', code: failure.code, message: `${failure.message}${more}` };
    }
    if (this.conflicted > 0) {
      const fields = this.conflicted === 1 ? 'One field' : `${this.conflicted} fields`;
      return {
        ...whole,
        state: 'conflicted',
        code: 'conflict',
        message: `${fields} changed on both sides. Compare them on the product’s page.`,
      };
    }
    const note = this.heldBack;
    if (changes > 0)
      return { ...whole, state: 'applied', code: note?.code ?? null, message: note?.message ?? null };
    return { ...whole, state: 'skipped', code: note?.code ?? 'unchanged', message: note?.message ?? null };
  }

  /** Last decision in one word, and why. */
  get decision(): { decision: string; reason: string | null } {
    const { state, message } = this.end();
    return { decision: state, reason: message };
  }
}
