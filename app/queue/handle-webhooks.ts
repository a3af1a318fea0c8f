import { handleWebhooks } from '~/sync/handle-webhooks';
import type { JobHandler } from './job-handler';

/** Handles what webhooks asked for. One at a time: it works through everything that waits. */
export const handleWebhooksHandler: JobHandler<'handle-webhooks'> = {
  name: 'handle-webhooks',
  share: () => 1,
  run: async (resources, _job, { signal }) => {
    await handleWebhooks(resources, { signal });
  },
};
