import { writeAlertSettings } from '~/db/alert-settings.server';
import type { AlertSettings } from '~/db/alert-settings.server';
import type { Resources } from './resources';

/** Stores what a store wants to be told, and when. It holds from the next look on. */
export async function saveAlertSettings(
  { db }: Pick<Resources, 'db'>,
  { shopId, settings }: { shopId: string; settings: AlertSettings },
): Promise<void> {
  await writeAlertSettings(db, shopId, settings);
}
