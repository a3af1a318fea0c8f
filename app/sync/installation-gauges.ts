/** How the installation stands, as figures for whoever watches it. */
import { readCapture } from '~/db/change-capture.server';
import { readSystemState } from '~/db/system-state.server';
import type { Gauge } from '~/observe/metrics';
import type { Resources } from './resources';

const one = (name: string, help: string, value: number): Gauge => ({ name, help, samples: [{ value }] });

/** What is the same whichever process tells it: of several take the maximum, not the sum. `depths`: jobs in the queues. */
export async function installationGauges(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  depths: { job: string; state: string; count: number }[],
): Promise<Gauge[]> {
  const [state, capture] = await Promise.all([readSystemState(db, now()), readCapture(db)]);
  return [
    {
      name: 'lockstep_queue_jobs',
      help: 'Jobs in the queues by kind and state',
      samples: depths.map(({ job, state: of, count }) => ({
        labels: { job_kind: job, state: of },
        value: count,
      })),
    },
    {
      name: 'lockstep_shops',
      help: 'Shops that have the app, and had it',
      samples: Object.entries(state.shops).map(([of, value]) => ({ labels: { state: of }, value })),
    },
    {
      name: 'lockstep_sources',
      help: 'Databases of merchants by what is wanted of them, phase and whether something is the matter',
      samples: state.sources.map(({ wanted, phase, isTroubled, count }) => ({
        labels: { wanted, phase, troubled: String(isTroubled) },
        value: count,
      })),
    },
    one('lockstep_conflicts_open', 'Conflicts that wait for a person', state.openConflicts),
    one('lockstep_dead_letters', 'Jobs that gave up and wait for a retry', state.deadLetters),
    one('lockstep_held_shops', 'Shops whose changes wait for an approval', state.heldShops),
    one('lockstep_requests_waiting', 'Products that are asked for', state.requests.waiting),
    one(
      'lockstep_request_oldest_seconds',
      'How long the first of them has waited',
      state.requests.oldestSeconds,
    ),
    one('lockstep_captured_changes_waiting', 'Changed products that gather', state.capturedChanges),
    one(
      'lockstep_replication_following',
      'Whether changes are followed',
      Number(capture.state === 'streaming'),
    ),
    one('lockstep_replication_alarming', 'Whether the slot keeps too much', Number(capture.isAlarming)),
    one(
      'lockstep_replication_retained_bytes',
      'Log that the slot makes the database keep, as last measured',
      Number(capture.retainedBytes ?? 0n),
    ),
  ];
}
