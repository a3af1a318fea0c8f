import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from './log.server';

function collect() {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLogger({ LOG_LEVEL: 'info' }, stream), lines };
}

describe('the log', () => {
  it('leaves secrets out by name, also nested ones', () => {
    const { log, lines } = collect();
    log.info({
      accessToken: 'secret-one',
      session: { refreshToken: 'secret-two', inner: { access_token: 'secret-three' } },
      headers: { 'X-Shopify-Access-Token': 'secret-four', authorization: 'secret-five' },
    });
    expect(lines.join('')).not.toMatch(/secret-(one|two|three|four|five)/);
  });

  it('leaves tokens out by look, also in errors', () => {
    const { log, lines } = collect();
    log.error({
      err: new Error('GET https://x/?id_token=eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwcyJ9.abc-def failed'),
    });
    log.info('token shpat_0123456789abcdef is refused');
    expect(lines.join('')).not.toMatch(/eyJ|shpat_/);
    expect(lines).toHaveLength(2);
  });

  it('writes JSON lines with a UTC time and keeps what is no secret', () => {
    const { log, lines } = collect();
    log.info({ shopId: 'abc', points: 12 }, 'Document sent');
    const line: unknown = JSON.parse(lines[0] ?? '');
    expect(line).toMatchObject({ shopId: 'abc', points: 12, msg: 'Document sent' });
    expect(line).toHaveProperty('time', expect.stringMatching(/Z$/));
  });
});
