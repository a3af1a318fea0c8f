/** What a process counted of a shop's calls in a minute. */
export interface CallUsage {
  shopId: string;
  /** The minute in which the calls ended. */
  at: Date;
  calls: number;
  mutations: number;
  points: number;
  bytesSent: number;
  throttled: number;
  unanswered: number;
}
