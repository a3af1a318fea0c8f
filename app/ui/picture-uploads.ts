/** Files of pictures on their way from the browser into the store: sent a few at a time, then asked after. */
import { z } from 'zod';
import { PICTURE_HEAD_BYTES, readPicture } from '~/core/picture-format';

export interface PictureUpload {
  /** Within the page. */
  key: string;
  name: string;
  bytes: number;
  /** 'sending' to the app; 'processing' from there into the store. */
  state: 'waiting' | 'sending' | 'processing' | 'ready' | 'failed';
  /** Of the file, what was sent: 0 to 1. */
  sent: number;
  /** Why it failed, and what to do. */
  problem: string | null;
  /** Sending the same file again may help. */
  canRetry: boolean;
  /** Public address, once it is ready. */
  url: string | null;
  /** The store had it already. */
  isKnown: boolean;
  /** It stands among the pictures of the edit. */
  isTaken: boolean;
}

interface Entry extends PictureUpload {
  file: File;
  /** Of the picture, once the app has it. */
  id: string | null;
}

const UPLOADS_PATH = '/app/pictures';
const AT_A_TIME = 2;
const ASK_EVERY_MS = 1_000;

const picture = z.object({
  id: z.string(),
  state: z.string(),
  url: z.string().nullable(),
  error: z.string().nullable(),
});
const answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('picture'), picture, isKnown: z.boolean() }),
  z.object({ kind: z.literal('refused'), reason: z.string(), remedy: z.string() }),
]);
const states = z.object({ pictures: z.array(picture) });

const isUnderWay = ({ state }: PictureUpload) => state !== 'ready' && state !== 'failed';

/** Uploads that are not at their end. */
export function uploadsUnderWay(uploads: readonly PictureUpload[]): number {
  return uploads.filter(isUnderWay).length;
}

/** The uploads of one form, as React reads them. `token`: of the session, for requests that carry their own. */
export class PictureUploads {
  private entries: readonly Entry[] = [];
  private readonly listeners = new Set<() => void>();
  private made = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly token: () => Promise<string>) {}

  readonly list = (): readonly PictureUpload[] => this.entries;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    // While nobody looked, nobody asked.
    this.follow([]);
    return () => this.listeners.delete(listener);
  };

  /** Takes files in: those that can be no pictures say so and are not sent. */
  add(files: readonly File[]): void {
    const added = files.map((file): Entry => {
      this.made += 1;
      return {
        ...{
          key: `upload-${this.made}`,
          name: file.name,
          bytes: file.size,
          file,
          id: null,
          state: 'waiting',
        },
        ...{ sent: 0, problem: null, canRetry: false, url: null, isKnown: false, isTaken: false },
      };
    });
    this.set([...this.entries, ...added]);
    this.sendNext();
  }

  /** Tells of a file that is not sent at all. */
  refuse(file: File, problem: string): void {
    this.made += 1;
    this.set([
      ...this.entries,
      {
        ...{ key: `upload-${this.made}`, name: file.name, bytes: file.size, file, id: null, state: 'failed' },
        ...{ sent: 0, problem, canRetry: false, url: null, isKnown: false, isTaken: false },
      },
    ]);
  }

  retry(key: string): void {
    this.change(key, { state: 'waiting', sent: 0, problem: null, id: null });
    this.sendNext();
  }

  remove(key: string): void {
    this.set(this.entries.filter((entry) => entry.key !== key));
    this.sendNext();
  }

  /** Notes that these stand among the pictures of the edit. */
  take(keys: readonly string[]): void {
    this.set(this.entries.map((entry) => (keys.includes(entry.key) ? { ...entry, isTaken: true } : entry)));
  }

  private set(entries: readonly Entry[]): void {
    this.entries = entries;
    for (const listener of this.listeners) listener();
  }

  private change(key: string, part: Partial<Entry>): void {
    this.set(this.entries.map((entry) => (entry.key === key ? { ...entry, ...part } : entry)));
  }

  private sendNext(): void {
    const sending = this.entries.filter(({ state }) => state === 'sending').length;
    const next = this.entries.find(({ state }) => state === 'waiting');
    if (next === undefined || sending >= AT_A_TIME) return;
    this.change(next.key, { state: 'sending' });
    void this.send(next).finally(() => this.sendNext());
    this.sendNext();
  }

  private async send({ key, file }: Entry): Promise<void> {
    const fail = (problem: string, canRetry: boolean) =>
      this.change(key, { state: 'failed', problem, canRetry });
    try {
      const head = new Uint8Array(await file.slice(0, PICTURE_HEAD_BYTES).arrayBuffer());
      const reading = readPicture(head, file.size);
      if (reading.kind === 'refused') return fail(`${reading.reason} ${reading.remedy}`, false);
      const told = answer.parse(JSON.parse(await this.post(key, file)));
      if (told.kind === 'refused') return fail(`${told.reason} ${told.remedy}`, true);
      this.change(key, { state: 'processing', sent: 1, id: told.picture.id, isKnown: told.isKnown });
      this.follow([told.picture]);
    } catch {
      // No answer, or none that can be read: the connection, or the session, broke.
      fail('The file did not arrive. Check the connection and try again.', true);
    }
  }

  /** fetch tells nothing of how much was sent. */
  private async post(key: string, file: File): Promise<string> {
    const token = await this.token();
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', `${UPLOADS_PATH}?filename=${encodeURIComponent(file.name)}`);
      request.setRequestHeader('Authorization', `Bearer ${token}`);
      request.setRequestHeader('Content-Type', file.type === '' ? 'application/octet-stream' : file.type);
      request.upload.onprogress = ({ loaded, total }) =>
        this.change(key, { sent: total > 0 ? loaded / total : 0 });
      request.onload = () => (request.status < 300 ? resolve(request.responseText) : reject(new Error()));
      request.onerror = () => reject(new Error());
      request.send(file);
    });
  }

  private follow(pictures: readonly z.infer<typeof picture>[]): void {
    for (const { id, state, url, error } of pictures)
      for (const { key, id: own, state: before } of this.entries) {
        if (own !== id || before !== 'processing') continue;
        if (state === 'ready') this.change(key, { state: 'ready', url });
        else if (state === 'failed') this.change(key, { state: 'failed', problem: error, canRetry: true });
      }
    const isWaited = this.entries.some(({ state }) => state === 'processing');
    if (isWaited && this.timer === null) this.timer = setTimeout(() => void this.ask(), ASK_EVERY_MS);
  }

  private async ask(): Promise<void> {
    this.timer = null;
    const ids = this.entries.flatMap(({ state, id }) => (state === 'processing' && id !== null ? [id] : []));
    if (ids.length === 0 || this.listeners.size === 0) return;
    let pictures: z.infer<typeof picture>[] = [];
    try {
      const response = await fetch(`${UPLOADS_PATH}?ids=${ids.join(',')}`);
      pictures = states.parse(await response.json()).pictures;
    } catch {
      pictures = []; // asked again in a second
    }
    this.follow(pictures);
  }
}
