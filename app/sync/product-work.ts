/** One product while it is being looked at: its three states, and what became of each intended change. Pure but for itself. */
import { agree, pathKey } from '~/core/agree';
import { alignProduct } from '~/core/align';
import type { Alignment } from '~/core/align';
import type { CacheControl } from '~/core/cache-entry';
import type { CacheMiss } from '~/core/cache-outcome';
import type {
  ConflictAnswer,
  Decision,
  FieldDecision,
  FieldPath,
  FieldValue,
  MergePolicy,
} from '~/core/decision';
import type { HeldPaths } from '~/core/held-paths';
import type { IntendedChange, Operation } from '~/core/operation';
import type { Overlay } from '~/core/overlay';
import { planProduct } from '~/core/plan';
import type { WaitingSince } from '~/core/waiting-since';
import type { Agreed, BaseProduct, RemoteProduct, SourceId, SourceProduct } from '~/core/product-state';
import type { Landed, Sent } from '~/core/merging';
import type { StockPools } from '~/core/stock-sharing';
import type { ProductPlace } from '~/core/product-rules';
import { mergeProduct } from '~/core/three-way-merge';
import type { ProductChangedAt } from '~/db/changed-at.server';
import type { Revisions } from '~/db/load-plan.server';
import type { CachedRemote, ProductLink, ProductStates, SyncState } from '~/db/product-states.server';
import type { EndState } from '~/db/runs.server';
import type { ShadowDecision } from '~/db/shadow-decisions.server';
import { foundChanges } from './found-changes';

export interface SourceProblem {
  field: string;
  message: string;
}

/** The effective source: the catalog's product under what lies over it in the store. */
export interface LoadedSource {
  product: SourceProduct;
  problems: SourceProblem[];
  held: HeldPaths;
  overlays: readonly Overlay[];
  place: ProductPlace;
  /** What the catalog holds of a stock that is shared under rules; null: the source's own figures. */
  pools: StockPools | null;
}

export interface LoadedStates {
  states: ProductStates;
  source: LoadedSource | null;
  isPartial: boolean;
  revisions: Revisions;
}

/** What holds for the product, whatever its states. */
export interface WorkTerms {
  policy: MergePolicy;
  /** Whether the store has a channel to publish to. */
  canPublish: boolean;
  /** 'shadow' and 'held': compare and report, write nothing (the store is tried out, or a person must approve first). */
  writing: 'live' | 'shadow' | 'held';
  /** Answers of people that are to be carried out, by pathKey. */
  answers: ReadonlyMap<string, ConflictAnswer>;
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
  pushes: { path: FieldPath; decision: Extract<Decision, { kind: 'push' }> }[];
  landed: Landed[];
  /** Both sides hold the same although the base did not. */
  converged: ReadonlySet<string>;
  /** Of those, changes of the source that Shopify already held: intended changes that need no write. */
  found: IntendedChange[];
  operations: Operation[];
  alignment: Alignment;
}

/** Why a product as it is cached had to be read; null: what is cached will do. */
function missOf(remote: CachedRemote): CacheMiss | null {
  if (remote.kind === 'unread') return remote.cause;
  return remote.kind === 'absent' ? 'cold' : null;
}

export class ProductWork {
  readonly productId: SourceId;
  link: ProductLink;
  source: SourceProduct | null = null;
  problems: SourceProblem[] = [];
  /** Paths that an overlay holds. */
  held: HeldPaths = new Map();
  private overlays: readonly Overlay[] = [];
  private place: ProductPlace = 'chosen';
  /** See LoadedSource. */
  pools: StockPools | null = null;
  base: BaseProduct | null;
  remote: RemoteProduct | null;
  /** What the cache holds in the database. */
  cached: RemoteProduct | null;
  /** By pathKey. */
  sent: Map<string, Sent>;
  /** When what we hold of Shopify's plain fields was last known to be true. */
  seenAt: Date | null;
  confirmedAt: Date | null;
  control: CacheControl | null;
  /** Shopify must be asked before the next merge. */
  unread: boolean;
  /** Why that was so, or would be, when it was loaded; null: what is cached will do. */
  private missed: CacheMiss | null;
  applied = 0;
  pulled = 0;
  /** Of the last look. */
  conflicts: Look['conflicts'] = [];
  /** What the last look would have done, where the product may not be written. */
  shadow: ShadowDecision[] = [];
  changedAt: ProductChangedAt | undefined;
  /** Null: nobody asked for it, as far as is known. */
  since: WaitingSince | null = null;
  /** When the last look was. */
  decidedAt: Date | null = null;
  /** When what it asked for left. */
  readonly sentAt = new WeakMap<Operation, Date>();
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

  constructor(
    productId: SourceId,
    readonly terms: WorkTerms,
    loaded: LoadedStates,
  ) {
    this.productId = productId;
    this.link = loaded.states.link;
    this.takeSource(loaded.source);
    this.base = loaded.states.base;
    this.remote = loaded.states.remote.kind === 'read' ? loaded.states.remote.product : null;
    this.cached = this.remote;
    this.seenAt = loaded.states.seenAt;
    this.confirmedAt = loaded.states.confirmedAt;
    this.sent = loaded.states.sent;
    this.control = loaded.states.control;
    this.unread = loaded.states.remote.kind === 'unread';
    this.missed = missOf(loaded.states.remote);
    this.isPartial = loaded.isPartial;
    this.revisions = loaded.revisions;
  }

  /** Takes in the whole product where some variants were not enough. What became of changes so far stays. */
  widen(loaded: LoadedStates): void {
    const whole = new ProductWork(this.productId, this.terms, loaded);
    this.link = whole.link;
    this.takeSource(loaded.source);
    this.base = whole.base;
    this.remote = whole.remote;
    this.cached = whole.cached;
    this.seenAt = whole.seenAt;
    this.confirmedAt = whole.confirmedAt;
    this.sent = whole.sent;
    this.control = whole.control;
    this.unread ||= whole.unread;
    this.missed ??= whole.missed;
    this.isPartial = false;
    this.revisions = whole.revisions;
  }

  takeSource(loaded: LoadedSource | null): void {
    this.source = loaded?.product ?? null;
    this.problems = loaded?.problems ?? [];
    this.held = loaded?.held ?? new Map();
    this.overlays = loaded?.overlays ?? [];
    this.place = loaded?.place ?? 'chosen';
    this.pools = loaded?.pools ?? null;
  }

  /** Why Shopify must be asked: what was true when it was loaded is in doubt since a write of our own. */
  get missCause(): CacheMiss {
    return this.missed ?? 'doubt';
  }

  /** Ids of paths that an overlay had left and on which both sides agree now. */
  get agreedReleases(): string[] {
    if (!this.isSettled || this.terms.writing !== 'live' || this.failures.length > 0) return [];
    const looked = new Set(this.source?.variants.map(({ id }) => id));
    return this.overlays.flatMap((overlay) =>
      overlay.kind === 'released' &&
      overlay.id !== '' &&
      (!this.isPartial || looked.has(overlay.path.variant ?? ''))
        ? [overlay.id]
        : [],
    );
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

  /** Merges and plans, now. Intended changes that already failed are left alone: they have their end state. */
  look(now: Date): Look {
    const { source, base, remote, terms } = this;
    this.decidedAt = now;
    const alignment = alignProduct(source, base, remote);
    const nothing = { pulls: [], conflicts: [], pushes: [], landed: [], found: [], operations: [] };
    if (this.isRefused) return { ...nothing, converged: new Set(), alignment };
    const merged = mergeProduct({
      source,
      base,
      remote,
      alignment,
      policy: terms.policy,
      canPublish: terms.canPublish,
      answers: terms.answers,
      sent: this.sent,
      held: this.held,
      place: this.place,
      sharesStock: this.pools !== null,
      changedAt: (variant) =>
        variant === null ? this.changedAt?.product : this.changedAt?.variants.get(variant),
      onlyVariants: this.isPartial,
    });
    const failed = new Set(this.failures.map((failure) => pathKey(failure.path)));
    const decisions = merged.decisions.filter(({ path }) => !failed.has(pathKey(path)));
    this.noteSkips(decisions, merged.unchanged);
    const look: Look = {
      pulls: [],
      conflicts: [],
      pushes: [],
      landed: merged.landed.filter(({ path }) => !failed.has(pathKey(path))),
      converged: new Set(),
      found: [],
      operations: planProduct({
        productId: this.productId,
        intent: `${this.productId}@${this.link.version}`,
        source,
        remote,
        alignment,
        decisions,
        deletion: terms.policy.deletion,
      }),
      alignment,
    };
    const converged: FieldPath[] = [];
    for (const { path, decision } of decisions) {
      if (decision.kind === 'pull') look.pulls.push({ path, decision });
      else if (decision.kind === 'push') look.pushes.push({ path, decision });
      else if (decision.kind === 'conflict') look.conflicts.push({ path, decision });
      else if (decision.kind === 'skip' && decision.reason === 'converged') converged.push(path);
    }
    this.conflicts = look.conflicts;
    const { isPartial, sent } = this;
    const wasBeingCreated = this.link.createSentAt !== null;
    return {
      ...look,
      converged: new Set(converged.map(pathKey)),
      found: foundChanges({ source, base, remote, isPartial, wasBeingCreated, sent }, converged),
    };
  }

  /** Nothing of this look is carried out: it is kept for the report. */
  keepInTheShadow({ pushes, pulls, conflicts }: Look): void {
    this.shadow = [
      ...pushes.map(({ path, decision: { kind, before, after } }) => ({ path, kind, before, after })),
      ...pulls.map(({ path, decision: { kind, before, after } }) => ({ path, kind, before, after })),
      ...conflicts.map(({ path, decision: { kind, source, remote } }) => ({
        path,
        kind,
        before: remote,
        after: source,
      })),
    ];
    this.conflicts = [];
    const changes = this.shadow.length === 1 ? 'One change' : `${this.shadow.length} changes`;
    if (this.shadow.length > 0)
      this.heldBack =
        this.terms.writing === 'held'
          ? {
              code: 'held',
              message: `${changes} from your database would be made: approve them under Held changes.`,
            }
          : { code: 'shadow', message: `${changes} would be made. Nothing is written yet.` };
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
    agreedAs: ReadonlyMap<string, Agreed<FieldValue>> = new Map(),
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
      agreedAs,
    });
  }

  get syncState(): SyncState {
    if (this.failures.length > 0) return 'failed';
    if (this.conflicts.length > 0) return 'conflict';
    return this.heldBack ? 'held' : 'in-sync';
  }

  /** Whether the states agree in everything, so that the next look may skip what does not move until then. */
  get leavesNothing(): boolean {
    const isClean =
      this.failures.length === 0 &&
      this.conflicts.length === 0 &&
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
    const { length: conflicts } = this.conflicts;
    if (conflicts > 0) {
      const fields = conflicts === 1 ? 'One field waits' : `${conflicts} fields wait`;
      return {
        ...whole,
        state: 'conflicted',
        code: 'conflict',
        message: `${fields} for your answer on the Conflicts page.`,
      };
    }
    const note = this.heldBack;
    if (changes > 0)
      return { ...whole, state: 'applied', code: note?.code ?? null, message: note?.message ?? null };
    const quietly = this.skips.has('not-chosen') ? 'not-chosen' : 'unchanged';
    return { ...whole, state: 'skipped', code: note?.code ?? quietly, message: note?.message ?? null };
  }

  /** Last decision in one word, and why. */
  get decision(): { decision: string; reason: string | null } {
    const { state, message } = this.end();
    return { decision: state, reason: message };
  }
}
