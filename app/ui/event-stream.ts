/** Reads the format text/event-stream, as far as our own server writes it: an event's name and its data. */

export interface StreamedEvent {
  /** "message" where none is given. */
  name: string;
  data: string;
}

/** More text than this without an end is none of ours. */
const LONGEST = 100_000;

function eventOf(block: string): StreamedEvent | null {
  let name = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    // A line that begins with a colon is a comment: a heartbeat.
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.startsWith('event:')) name = value;
    else if (line.startsWith('data:')) data.push(value);
  }
  return data.length === 0 ? null : { name, data: data.join('\n') };
}

/** Takes text as it arrives, cut anywhere, and answers the events that it completes. Throws on what is no such stream. */
export class EventReader {
  private rest = '';

  take(text: string): StreamedEvent[] {
    this.rest += text;
    const blocks = this.rest.split('\n\n');
    this.rest = blocks.pop() ?? '';
    if (this.rest.length > LONGEST) throw new Error('This is no stream of events.');
    return blocks.flatMap((block) => eventOf(block) ?? []);
  }
}
