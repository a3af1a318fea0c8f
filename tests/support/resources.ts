import { readConfig } from '~/config.server';
import { createResources } from '~/resources.server';
import type { AppResources } from '~/resources.server';
import type { TestEnvironment } from './environment';

/** The app's own resources in this process, composed as in production. Close them with `close()`. */
export function createTestResources(env: TestEnvironment): Promise<AppResources> {
  return createResources(readConfig(env));
}
