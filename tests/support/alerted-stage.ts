/** A whole Lockstep whose alerts go to a real mail server and a real web server, by a clock that tests can move on. */
import { ALERT_RULES, ruleSettings } from '~/core/alert-rules';
import type { AlertRule, RuleSetting } from '~/core/alert-rules';
import { readAlertSettings, writeAlertSettings } from '~/db/alert-settings.server';
import type { AlertSettings } from '~/db/alert-settings.server';
import { addAlertChannel } from '~/sync/alert-channels';
import type { AskedTarget } from '~/sync/alert-channels';
import { sendAlerts } from '~/sync/send-alerts';
import { watchAlerts } from '~/sync/watch-alerts';
import { startHttpReceiver } from './http-receiver';
import type { HttpReceiver } from './http-receiver';
import { startSmtpReceiver } from './smtp-receiver';
import type { SmtpReceiver } from './smtp-receiver';
import { openStage } from './stage';
import type { Stage } from './stage';

export interface ToldAlert {
  event: string;
  rule: string;
  severity: string;
  episode: string;
  value: number | null;
  detail: string;
}

export interface AlertedStage extends Stage {
  smtp: SmtpReceiver;
  http: HttpReceiver;
  signal: AbortSignal;
  /** Moves the clock of the app on. */
  ahead(minutes: number): void;
  /** One turn of the task that looks, and one of the task that sends. */
  turn(): Promise<void>;
  /** Turns, a minute apart, until `told` gives something; rejects where it does not within so many. */
  turnsUntil<T>(what: string, told: () => T | undefined, mostMinutes?: number): Promise<T>;
  /** Switches on these rules and no others. */
  only(rules: AlertRule[], changes?: Partial<RuleSetting>): Promise<void>;
  settings(changes: Partial<AlertSettings>): Promise<void>;
  addChannel(target: AskedTarget, onlyCritical?: boolean): Promise<{ id: string; secret: string | null }>;
  /** What was posted to /hook, in order. */
  told(): ToldAlert[];
}

export async function openAlertedStage(env: Record<string, string> = {}): Promise<AlertedStage> {
  const smtp = await startSmtpReceiver();
  const http = await startHttpReceiver();
  const stage = await openStage({
    // A token that outlives the hours that tests let go by.
    emulator: { switches: { accessTokenSeconds: 30 * 86_400 } },
    env: {
      SMTP_URL: smtp.url,
      ALERT_FROM: 'Lockstep <alerts@lockstep.test>',
      FETCH_ALLOWED_HOSTS: http.host,
      JOB_ATTEMPTS: '1',
      SHOPIFY_TIMEOUT_SECONDS: '1',
      ...env,
    },
  });
  let skewMs = 0;
  const { resources, shopId } = stage;
  resources.now = () => new Date(Date.now() + skewMs);
  const { signal } = new AbortController();
  const ahead = (minutes: number) => {
    skewMs += minutes * 60_000;
  };
  const turn = async () => {
    await watchAlerts(resources, signal);
    await sendAlerts(resources, signal);
  };
  const settings = async (changes: Partial<AlertSettings>) =>
    writeAlertSettings(resources.db, shopId, {
      ...(await readAlertSettings(resources.db, shopId)),
      ...changes,
    });
  return {
    ...{ ...stage, smtp, http, signal, ahead, turn, settings },
    turnsUntil: async (what, told, mostMinutes = 45) => {
      for (let minute = 0; minute <= mostMinutes; minute += 1) {
        await turn();
        const found = told();
        if (found !== undefined) return found;
        ahead(1);
      }
      throw new Error(`${mostMinutes} minutes went by in vain until ${what}.`);
    },
    only: async (rules, changes = {}) => {
      const chosen = ruleSettings({});
      for (const rule of ALERT_RULES)
        chosen[rule] = { ...chosen[rule], ...changes, isOn: rules.includes(rule) };
      await settings({ rules: chosen });
    },
    addChannel: async (target, onlyCritical = false) => {
      const input = { shopId, name: target.kind, onlyCritical, target, createdBy: 'test' };
      const added = await addAlertChannel(resources, input);
      if (added.kind !== 'saved') throw new Error(`Not added: ${JSON.stringify(added)}`);
      return added;
    },
    told: () =>
      http.requests
        .filter(({ path }) => path === '/hook')
        .flatMap(({ body }): ToldAlert[] => JSON.parse(body).data.alerts ?? []),
    close: async () => {
      await stage.close();
      await smtp.close();
      await http.close();
    },
  };
}
