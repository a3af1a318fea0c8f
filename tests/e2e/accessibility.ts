import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';
import { z } from 'zod';
import type { Stack } from './stack';

const require = createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright'));
const script = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const violations = z.array(
  z.object({
    id: z.string(),
    help: z.string(),
    impact: z.string().nullable(),
    nodes: z.array(z.object({ html: z.string() })),
  }),
);

/**
 * What axe calls serious or critical, in the admin and in the app's frame. Each is asked by itself: axe's own way into a
 * frame gives up after a second, which a busy machine exceeds, and passes over the frame in silence.
 */
export async function graveFindings(
  stack: Stack,
  page: Page,
): Promise<{ id: string; help: string; where: string[] }[]> {
  const app = page.frames().find((frame) => frame.url().startsWith(stack.app.origin));
  if (app === undefined) throw new Error('The page does not show the app.');
  const found = [...(await lookInto(page.mainFrame())), ...(await lookInto(app))];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
}

async function lookInto(frame: Frame): Promise<z.infer<typeof violations>> {
  await frame.evaluate(script);
  return violations.parse(
    await frame.evaluate('axe.run(document, { iframes: false }).then(({ violations }) => violations)'),
  );
}
