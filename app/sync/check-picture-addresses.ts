import pLimit from 'p-limit';
import type { BulkChange, NewPicture } from '~/core/bulk-edit';
import { PICTURE_HEAD_BYTES, readPicture } from '~/core/picture-format';
import type { WebProblem } from '~/core/web-address';
import type { Resources } from './resources';

/** An address that cannot be used as a picture. */
export interface AddressProblem extends WebProblem {
  url: string;
}

const AT_A_TIME = 8;
/** For one address, its redirects included. */
const TIMEOUT_MS = 10_000;
/** For all of them: the longest list at this pace. */
const TOTAL_MS = 120_000;

/** The pictures of these changes that are given by address. Of videos and models Shopify alone can say what they are. */
export function namedPictures(changes: readonly BulkChange[]): NewPicture[] {
  return changes.flatMap((change) =>
    change.field === 'media' && (change.change.kind === 'add' || change.change.kind === 'replace')
      ? change.change.pictures.filter(({ kind }) => kind === 'IMAGE')
      : [],
  );
}

async function problemAt({ web }: Resources, url: string, signal: AbortSignal): Promise<WebProblem | null> {
  const answer = await web.fetch(url, {
    ...{ maxBytes: PICTURE_HEAD_BYTES, timeoutMs: TIMEOUT_MS, signal },
    headers: { accept: 'image/*' },
  });
  if (answer.kind !== 'answered') return answer;
  const { status, headers, body, isWhole } = answer;
  if (status !== 200)
    return {
      reason: `The server answers with HTTP ${status}.`,
      remedy: 'Use an address that shows the picture to everybody, without signing in.',
    };
  const length = Number(headers['content-length'] ?? Number.NaN);
  const bytes = isWhole ? body.byteLength : Number.isFinite(length) ? length : null;
  const reading = readPicture(body, bytes);
  return reading.kind === 'refused' ? reading : null;
}

/**
 * Looks at what stands at each address: whether Shopify could take it as a picture. Several at a time, within two minutes;
 * what was not looked at by then is a problem too. Throws what `signal` is aborted with.
 */
export async function checkPictureAddresses(
  resources: Resources,
  urls: readonly string[],
  signal: AbortSignal,
): Promise<AddressProblem[]> {
  const limit = pLimit(AT_A_TIME);
  const deadline = AbortSignal.timeout(TOTAL_MS);
  const both = AbortSignal.any([signal, deadline]);
  const late = {
    reason: `It was not looked at: all addresses together took more than ${TOTAL_MS / 1_000} s.`,
    remedy: 'Try again, with fewer pictures.',
  };
  const found = await Promise.all(
    [...new Set(urls)].map((url) =>
      limit(async (): Promise<AddressProblem[]> => {
        try {
          both.throwIfAborted();
          const problem = await problemAt(resources, url, both);
          return problem === null ? [] : [{ url, reason: problem.reason, remedy: problem.remedy }];
        } catch (error) {
          signal.throwIfAborted();
          if (deadline.aborted) return [{ url, ...late }];
          throw error;
        }
      }),
    ),
  );
  return found.flat();
}

/** Problems that are told one by one. */
const TOLD = 5;

/** Why an edit with such addresses cannot be planned, for whoever made it. */
export function addressesRefused(problems: readonly AddressProblem[]): string {
  const told = problems.slice(0, TOLD).map(({ url, reason, remedy }) => `${url}: ${reason} ${remedy}`);
  const more = problems.length - told.length;
  const rest = more > 0 ? ` And ${more} more.` : '';
  const which = problems.length === 1 ? 'A picture' : `${problems.length} pictures`;
  return `${which} cannot be used; nothing was changed. ${told.join(' ')}${rest}`;
}
