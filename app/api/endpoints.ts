/** Every endpoint of the API, in the order of the reference. */
import { auditEndpoints } from './audit';
import { bulkEndpoints } from './bulk-edits';
import { catalogEndpoints } from './catalog-products';
import { cacheEndpoints } from './cache';
import { conflictEndpoints } from './conflicts';
import type { Endpoint } from './endpoint';
import { heldChangesEndpoints } from './held-changes';
import { jobEndpoints } from './jobs';
import { pictureEndpoints } from './pictures';
import { overrideEndpoints } from './overrides';
import { promotionEndpoints } from './promotions';
import { runEndpoints } from './runs';

export const ENDPOINTS: readonly Endpoint[] = [
  ...bulkEndpoints,
  ...pictureEndpoints,
  ...jobEndpoints,
  ...promotionEndpoints,
  ...overrideEndpoints,
  ...catalogEndpoints,
  ...runEndpoints,
  ...cacheEndpoints,
  ...heldChangesEndpoints,
  ...conflictEndpoints,
  ...auditEndpoints,
];
