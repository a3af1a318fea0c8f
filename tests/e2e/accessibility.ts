import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** axe gives its script one second to start in a frame: on a busy machine it needs more than one try. */
const TRIES = 8;

/** What axe calls serious or critical, in the admin and in the app's frame. Throws where it could not look into the frame. */
export async function graveFindings(page: Page): Promise<{ id: string; help: string; where: string[] }[]> {
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await new AxeBuilder({ page }).include(['#app-frame', 'body']).analyze();
    // Addresses of what is inside have a part for the frame and a part within.
    if (!found.passes.some(({ nodes }) => nodes.some(({ target }) => target.length > 1))) continue;
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
  }
  throw new Error(`axe could not look into the app's frame in ${TRIES} tries.`);
}
