/** What Lockstep's own objects in a merchant's database are called. */

export interface ExternalNames {
  slot: string;
  publication: string;
  /** Schema of outbox and trigger function. */
  schema: string;
  channel: string;
}

/** Of one connection: two that read the same database do not meet. */
export function externalNames(sourceId: string): ExternalNames {
  const short = sourceId.replaceAll('-', '').slice(0, 12);
  return {
    slot: `lockstep_${short}`,
    publication: `lockstep_${short}`,
    schema: `lockstep_${short}`,
    channel: `lockstep_${short}`,
  };
}
