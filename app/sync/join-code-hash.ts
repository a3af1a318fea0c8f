import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';

const derive: (secret: string, salt: string, length: number) => Promise<Buffer> = promisify(scrypt);

/**
 * What is kept of a code. A slow hash: a code has 50 bits, and whoever reads the database should not find it while it is of
 * use. The salt is the same for all: a code that is entered is looked up by its hash.
 */
export async function hashOfCode(code: string): Promise<string> {
  return (await derive(code, 'lockstep join code', 32)).toString('hex');
}
