/** How the capture of changes is doing, as pages are told of it. */
export interface CaptureFacts {
  /** 'silent': no worker has measured for a while. */
  state: 'following' | 'waiting' | 'refused' | 'off' | 'silent';
  problem: { message: string; remedy: string } | null;
  slot: string | null;
  retainedBytes: number | null;
  /** How much more the database would keep; null: without limit, or unknown. */
  safeBytes: number | null;
  isAlarming: boolean;
  isLost: boolean;
  lastChangeAt: string | null;
  comparedAt: string | null;
  comparisonReason: string | null;
  isComparing: boolean;
}
