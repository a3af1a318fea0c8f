/** The page with the emulator's own settings: switches, how webhooks travel, faults, and what happened last. */
import { z } from 'zod';
import type { EmulatorContext, HttpAnswer } from '../context';
import { faultRuleSchema } from '../faults';
import type { Shop } from '../state/shop';
import { switchesSchema } from '../switches';
import { knobsSchema } from '../webhooks/knobs';
import { webhooksOf } from '../webhooks/webhooks';
import { html } from './html';
import type { Markup } from './html';
import { storePage } from './shell';
import { seeOther, storePath } from './store';

const SHOWN = 30;

function editor(shop: Shop, what: string, title: string, hint: string, value: unknown): Markup {
  return html`<form class="card" method="post" action="${storePath(shop, `/emulator/${what}`)}">
    <h2>${title}</h2>
    <label>${hint}<textarea name="json" spellcheck="false">${JSON.stringify(value, null, 2)}</textarea></label
    ><button>Save ${title.toLowerCase()}</button>
  </form>`;
}

function deliveries(context: EmulatorContext, shop: Shop): Markup {
  const sent = (webhooksOf(context)?.deliveries ?? []).filter((one) => one.shop === shop.domain);
  const rows = sent
    .slice(-SHOWN)
    .reverse()
    .map((one) => {
      const last = one.attempts.at(-1);
      return html`<tr>
        <td>${one.triggeredAt}</td>
        <td>${one.topic}</td>
        <td>${one.status}</td>
        <td>${one.attempts.length}</td>
        <td>${last?.status ?? last?.error ?? ''}</td>
      </tr>`;
    });
  return html`<div class="card">
    <h2>Last webhooks</h2>
    <table>
      <thead>
        <tr>
          <th>When</th>
          <th>Topic</th>
          <th>State</th>
          <th>Attempts</th>
          <th>Answer</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function calls(context: EmulatorContext, shop: Shop): Markup {
  const rows = context.log
    .all()
    .filter((call) => call.shop === shop.domain)
    .slice(-SHOWN)
    .reverse()
    .map(
      (call) =>
        html`<tr>
          <td>${new Date(call.at).toISOString()}</td>
          <td>${call.operation ?? ''}</td>
          <td>${call.fields.join(', ')}</td>
          <td>${call.actualCost ?? ''}</td>
          <td>${call.requestBytes}</td>
          <td>${call.status ?? 'no answer'}</td>
          <td>${call.fault ?? ''}</td>
        </tr>`,
    );
  return html`<div class="card">
    <h2>Last Admin API calls</h2>
    <table>
      <thead>
        <tr>
          <th>When</th>
          <th>Operation</th>
          <th>Fields</th>
          <th>Points</th>
          <th>Bytes</th>
          <th>Status</th>
          <th>Fault</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** Shows the settings; `problem` is what was wrong with those posted. */
export function showEmulator(
  context: EmulatorContext,
  shop: Shop,
  problem: string | null = null,
): HttpAnswer {
  const webhooks = webhooksOf(context);
  const rules = context.faults.list().map((fault) => fault.rule);
  const content = html`<h1>Switches, webhooks, faults</h1>
    ${problem !== null && html`<div class="card problems" role="alert"><pre>${problem}</pre></div>`}
    ${editor(shop, 'switches', 'Switches', 'What is unknown of Shopify; see the README of the emulator.', context.switches)}
    ${webhooks && editor(shop, 'webhooks', 'Webhooks', 'How well or badly webhooks travel.', webhooks.knobs)}
    ${editor(shop, 'faults', 'Faults', 'A list of rules: [{"kind": "http-503", "match": {"probability": 0.1}}]', rules)}
    ${deliveries(context, shop)}${calls(context, shop)}`;
  const status = problem === null ? 200 : 422;
  return storePage(context, shop, { title: 'Emulator', section: 'settings', content, status });
}

function change(context: EmulatorContext, what: string, value: unknown): boolean {
  if (what === 'switches') Object.assign(context.switches, switchesSchema.parse(value));
  else if (what === 'webhooks') webhooksOf(context)?.configure(knobsSchema.parse(value));
  else if (what === 'faults') {
    const rules = z.array(faultRuleSchema).parse(value);
    context.faults.clear();
    for (const rule of rules) context.faults.add(rule);
  } else return false;
  return true;
}

/** Takes posted settings over, all or none; null where there is no such group of settings. */
export function saveEmulator(
  context: EmulatorContext,
  shop: Shop,
  what: string,
  form: URLSearchParams,
): HttpAnswer | null {
  try {
    return change(context, what, JSON.parse(form.get('json') ?? ''))
      ? seeOther(storePath(shop, '/emulator'))
      : null;
  } catch (error) {
    if (error instanceof z.ZodError) return showEmulator(context, shop, z.prettifyError(error));
    if (error instanceof SyntaxError) return showEmulator(context, shop, `This is no JSON: ${error.message}`);
    throw error;
  }
}
