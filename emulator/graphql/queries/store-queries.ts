/** The shop itself, locations, publications, files, subscriptions and bulk operations. */
import type { Gid } from '../../state/gid';
import type { BulkOperation } from '../../state/operations';
import type { StoredFile } from '../../state/product';
import type { Call, FieldResolver } from '../call';
import { paginate } from '../connection';
import type { PageArgs, SortValue } from '../connection';
import { compileSearch } from '../search';
import { bulkSearch, fileSearch, locationSearch, plainIds } from '../search-fields';
import { API_VERSION } from '../schema';

interface SearchArgs extends PageArgs {
  query?: string | null;
  sortKey?: string | null;
}

interface SubscriptionArgs extends PageArgs {
  topics?: string[] | null;
  uri?: string | null;
  callbackUrl?: string | null;
  format?: string | null;
}

const byId = () => 0;

function fileSort(sortKey: string | null | undefined): (file: StoredFile) => SortValue {
  if (sortKey === 'CREATED_AT') return (file) => Date.parse(file.createdAt);
  if (sortKey === 'UPDATED_AT') return (file) => Date.parse(file.updatedAt);
  return sortKey === 'FILENAME' ? (file) => file.filename : byId;
}

function newestBulk(call: Call, type: string): BulkOperation | null {
  return [...call.shop.bulkOperations.values()].filter((operation) => operation.type === type).at(-1) ?? null;
}

const primaryLocation = (call: Call): Gid => call.shop.locations.keys().next().value ?? '';

export const storeQueries: Record<string, FieldResolver> = {
  shop: (_root, _args, call) => call.shop,
  currentAppInstallation: (_root, _args, call) => call.shop.installation,
  appInstallation: (_root, args: { id?: Gid | null }, call) =>
    args.id == null || args.id === call.shop.installation?.id ? call.shop.installation : null,
  publicApiVersions: () => [{ handle: API_VERSION, displayName: API_VERSION, supported: true }],
  location: (_root, args: { id?: Gid | null }, call) =>
    call.shop.locations.get(args.id ?? primaryLocation(call)) ?? null,
  locations: (_root, args: SearchArgs & { includeInactive?: boolean | null }, call, info) => {
    const search = compileSearch(plainIds(args.query), locationSearch);
    const found = [...call.shop.locations.values()].filter(
      (location) => (location.isActive || args.includeInactive === true) && search(location),
    );
    return paginate(call, info, found, args, args.sortKey === 'NAME' ? (location) => location.name : byId);
  },
  publication: (_root, args: { id: Gid }, call) => call.shop.publications.get(args.id) ?? null,
  publications: (_root, args: PageArgs, call, info) =>
    paginate(call, info, [...call.shop.publications.values()], args, byId),
  publicationsCount: (_root, _args, call) => ({ count: call.shop.publications.size, precision: 'EXACT' }),
  files: (_root, args: SearchArgs, call, info) => {
    const found = [...call.shop.files.values()].filter(compileSearch(plainIds(args.query), fileSearch(call)));
    return paginate(call, info, found, args, fileSort(args.sortKey));
  },
  webhookSubscription: (_root, args: { id: Gid }, call) =>
    call.shop.webhookSubscriptions.get(args.id) ?? null,
  webhookSubscriptions: (_root, args: SubscriptionArgs, call, info) => {
    const uri = args.uri ?? args.callbackUrl;
    const found = [...call.shop.webhookSubscriptions.values()].filter(
      (subscription) =>
        (!args.topics || args.topics.includes(subscription.topic)) &&
        (uri == null || subscription.uri === uri) &&
        (args.format == null || subscription.format === args.format),
    );
    return paginate(call, info, found, args, byId);
  },
  bulkOperation: (_root, args: { id: Gid }, call) => call.shop.bulkOperations.get(args.id) ?? null,
  bulkOperations: (_root, args: SearchArgs, call, info) => {
    const found = [...call.shop.bulkOperations.values()].filter(
      compileSearch(plainIds(args.query), bulkSearch),
    );
    return paginate(call, info, found, args, (operation) =>
      Date.parse((args.sortKey === 'COMPLETED_AT' ? operation.completedAt : null) ?? operation.createdAt),
    );
  },
  currentBulkOperation: (_root, args: { type: string }, call) => newestBulk(call, args.type),
  job: (_root, args: { id: Gid }, call) => call.shop.jobs.get(args.id) ?? null,
};
