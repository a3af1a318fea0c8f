/** What a process counts of its own work, for Prometheus to collect. */

export interface EndedCall {
  kind: 'query' | 'mutation';
  outcome: 'answered' | 'refused' | 'unknown' | 'aborted';
  /** From the first attempt to the last answer, waiting for points included. */
  seconds: number;
  /** `calls`: HTTP requests, repetitions included. */
  spent: { calls: number; points: number; throttled: number; bytesSent: number };
}

/** Looks of a job that found the same in the cache (core/cache-outcome.ts). */
export interface CountedLooks {
  outcome: string;
  looks: number;
  /** Of hits: what reading would have taken; of misses: what it took. */
  points: number;
}

export interface EndedJob {
  name: string;
  outcome: 'done' | 'failed' | 'handed-back';
  seconds: number;
}

/** A change of a field, by what became of it. */
export interface RecordedChange {
  direction: 'push' | 'pull';
  state: string;
  /** From its commit to its record; null: nobody knows. */
  seconds: number | null;
}

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** A figure that stands somewhere else, read when somebody collects. */
export interface Gauge {
  name: string;
  help: string;
  samples: { labels?: Record<string, string>; value: number }[];
}

export interface Metrics {
  callEnded(call: EndedCall): void;
  jobEnded(job: EndedJob): void;
  changeRecorded(change: RecordedChange): void;
  cacheLooked(looks: CountedLooks): void;
  /** A webhook was stored, or not: "stored", "unsigned", "not-understood", "failed". */
  webhookReceived(topic: string, outcome: string): void;
  /** Everything counted so far, and the gauges, in Prometheus' text format. */
  text(gauges: Gauge[]): Promise<string>;
  contentType: string;
  /** Lockstep's own figures so far, without the buckets of histograms. */
  samples(): Promise<Sample[]>;
}
