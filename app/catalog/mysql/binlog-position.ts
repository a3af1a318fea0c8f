/** A place in the binary log of one server. Pure. */
import { z } from 'zod';

export interface BinlogPosition {
  file: string;
  position: number;
  /**
   * When the file was begun, in seconds; null while nobody has read in it. Another server, or one that was set up anew, may
   * have a file of the same name: not one of the same second.
   */
  begun: number | null;
}

const stored = z.object({
  file: z.string().min(1),
  position: z.number().int().min(4),
  begun: z.number().nullable(),
});

export const writePosition = (position: BinlogPosition): string => JSON.stringify(position);

/** Null where the text is none: a scan keeps an instant in the same place. */
export function readPosition(text: string | null): BinlogPosition | null {
  if (text === null || !text.startsWith('{')) return null;
  return stored.safeParse(JSON.parse(text)).data ?? null;
}

const numberOf = (file: string) => Number(/\.(\d+)$/.exec(file)?.[1] ?? 0);

/** Below 0: `one` lies before `other`. */
export function comparePositions(
  one: Pick<BinlogPosition, 'file' | 'position'>,
  other: Pick<BinlogPosition, 'file' | 'position'>,
): number {
  return one.file === other.file ? one.position - other.position : numberOf(one.file) - numberOf(other.file);
}
