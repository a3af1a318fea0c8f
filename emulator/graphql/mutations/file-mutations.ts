/** The store's files, and places to upload to. */
import { Change } from '../../catalog/change';
import type { InputError } from '../../catalog/change';
import {
  attachMedia,
  basename,
  createFile,
  deleteFile,
  detachMedia,
  isFetchable,
  statusAt,
} from '../../catalog/media';
import { randomUuid } from '../../random';
import { legacyId } from '../../state/gid';
import type { Gid } from '../../state/gid';
import type { StagedUpload } from '../../state/operations';
import type { StoredFile } from '../../state/product';
import type { Call, FieldResolver } from '../call';

interface CreateInput {
  originalSource: string;
  alt?: string | null;
  filename?: string | null;
  contentType?: string | null;
  duplicateResolutionMode?: string | null;
}

interface UpdateInput {
  id: Gid;
  alt?: string | null;
  filename?: string | null;
  originalSource?: string | null;
  referencesToAdd?: Gid[] | null;
  referencesToRemove?: Gid[] | null;
}

const MAX_ALT = 512;
const MAX_PRODUCT_MEDIA = 250;

const altTooLong = (alt: string | null | undefined, field: string[]): InputError[] =>
  (alt?.length ?? 0) > MAX_ALT
    ? [
        {
          code: 'ALT_VALUE_LIMIT_EXCEEDED',
          field: [...field, 'alt'],
          message: `The alt value exceeds the maximum limit of ${MAX_ALT} characters.`,
        },
      ]
    : [];

/** Whether the name of a file that must be new is none. */
function isTaken(
  shop: Call['shop'],
  { duplicateResolutionMode, filename, originalSource }: CreateInput,
): boolean {
  return (
    duplicateResolutionMode === 'RAISE_ERROR' && shop.filenames.has(filename ?? basename(originalSource))
  );
}

function checkCreate(call: Call, input: CreateInput, index: number): InputError[] {
  const field = ['files', String(index)];
  const errors = altTooLong(input.alt, field);
  if (!isFetchable(input.originalSource)) {
    errors.push({
      code: 'INVALID_IMAGE_SOURCE_URL',
      field: [...field, 'originalSource'],
      message: 'Image URL is invalid',
    });
  }
  const isRefused = call.emulator.switches.takenFilename === 'refused';
  if (isRefused && isTaken(call.shop, input)) {
    errors.push({
      code: 'FILENAME_ALREADY_EXISTS',
      field: [...field, 'filename'],
      message: 'The filename is already in use.',
    });
  }
  return errors;
}

function replaceContent(change: Change, file: StoredFile, originalSource: string): StoredFile {
  const changed = { originalSource, version: file.version + 1, updatedAt: change.now };
  return Object.assign(file, changed);
}

const fileCreate: FieldResolver = (_root, args: { files: CreateInput[] }, call) => {
  const errors = args.files.flatMap((input, index) => checkCreate(call, input, index));
  if (errors.length > 0) return { files: null, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const files = args.files.map((input) => {
    const named = call.shop.files.get(
      call.shop.filenames.get(input.filename ?? basename(input.originalSource)) ?? '',
    );
    if (named && input.duplicateResolutionMode === 'REPLACE')
      return replaceContent(change, named, input.originalSource);
    const failure = isTaken(call.shop, input) ? { failure: 'DUPLICATE_FILENAME_ERROR' } : {};
    return createFile(change, { ...input, ...failure });
  });
  change.commit();
  return { files, userErrors: [] };
};

function checkUpdate(call: Call, input: UpdateInput, index: number): InputError[] {
  const field = ['files', String(index)];
  const file = call.shop.files.get(input.id);
  if (!file)
    return [
      {
        code: 'FILE_DOES_NOT_EXIST',
        field: [...field, 'id'],
        message: `File id ${input.id} does not exist.`,
      },
    ];
  if (statusAt(file, call.emulator.clock.now()) !== 'READY') {
    return [
      { code: 'NON_READY_STATE', field: [...field, 'id'], message: 'Non-ready files cannot be updated.' },
    ];
  }
  const errors = altTooLong(input.alt, field);
  if (input.originalSource != null && !isFetchable(input.originalSource)) {
    errors.push({
      code: 'INVALID_IMAGE_SOURCE_URL',
      field: [...field, 'originalSource'],
      message: 'Image URL is invalid',
    });
  }
  const owner = call.shop.filenames.get(input.filename ?? '');
  if (owner !== undefined && owner !== file.id) {
    errors.push({
      code: 'FILENAME_ALREADY_EXISTS',
      field: [...field, 'filename'],
      message: 'The filename is already in use.',
    });
  }
  for (const name of ['referencesToAdd', 'referencesToRemove'] as const) {
    (input[name] ?? []).forEach((id, at) => {
      const product = call.shop.products.get(id);
      const path = [...field, name, String(at)];
      if (!product)
        errors.push({
          code: 'REFERENCE_TARGET_DOES_NOT_EXIST',
          field: path,
          message: 'The reference target does not exist.',
        });
      else if (name === 'referencesToAdd' && product.mediaIds.length >= MAX_PRODUCT_MEDIA) {
        errors.push({
          code: 'PRODUCT_MEDIA_LIMIT_EXCEEDED',
          field: path,
          message: `Exceeded ${MAX_PRODUCT_MEDIA} media per product.`,
        });
      }
    });
  }
  return errors;
}

function applyUpdate(change: Change, file: StoredFile, input: UpdateInput): StoredFile {
  const { shop } = change;
  const before = `${file.alt}\n${file.filename}\n${file.originalSource}`;
  if (input.alt != null) file.alt = input.alt;
  if (input.filename != null && input.filename !== file.filename) {
    shop.filenames.delete(file.filename);
    file.filename = input.filename;
    shop.filenames.set(file.filename, file.id);
  }
  if (input.originalSource != null) replaceContent(change, file, input.originalSource);
  if (before !== `${file.alt}\n${file.filename}\n${file.originalSource}`) {
    file.updatedAt = change.now;
    for (const product of shop.products.values()) {
      if (product.mediaIds.includes(file.id)) change.productChanged(product, 'product.media');
    }
  }
  for (const id of input.referencesToAdd ?? []) {
    const product = shop.products.get(id);
    if (product) attachMedia(change, product, file.id);
  }
  for (const id of input.referencesToRemove ?? []) {
    const product = shop.products.get(id);
    if (product) detachMedia(change, product, file.id);
  }
  return file;
}

const fileUpdate: FieldResolver = (_root, args: { files: UpdateInput[] }, call) => {
  const errors = args.files.flatMap((input, index) => checkUpdate(call, input, index));
  if (errors.length > 0) return { files: null, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const files = args.files.flatMap((input) => {
    const file = call.shop.files.get(input.id);
    return file ? [applyUpdate(change, file, input)] : [];
  });
  change.commit();
  return { files, userErrors: [] };
};

const fileDelete: FieldResolver = (_root, args: { fileIds: Gid[] }, call) => {
  const errors = args.fileIds.flatMap((id, index): InputError[] =>
    call.shop.files.has(id)
      ? []
      : [
          {
            code: 'FILE_DOES_NOT_EXIST',
            field: ['fileIds', String(index)],
            message: `File id ${id} does not exist.`,
          },
        ],
  );
  if (errors.length > 0) return { deletedFileIds: null, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  for (const id of args.fileIds) {
    const file = call.shop.files.get(id);
    if (file) deleteFile(change, file);
  }
  change.commit();
  return { deletedFileIds: args.fileIds, userErrors: [] };
};

interface UploadInput {
  resource: string;
  filename: string;
  mimeType: string;
  httpMethod: 'POST' | 'PUT';
}

function stagedTarget(call: Call, { resource, filename, mimeType, httpMethod }: UploadInput): object {
  const folder = resource === 'BULK_MUTATION_VARIABLES' ? 'bulk' : 'files';
  const key = `tmp/${legacyId(call.shop.id)}/${folder}/${randomUuid(call.emulator.random)}/${basename(filename)}`;
  const upload: StagedUpload = { key, resource, filename, mimeType, content: null };
  call.shop.stagedUploads.set(key, upload);
  const base = `${call.emulator.origin()}/_staged-uploads/`;
  if (httpMethod === 'PUT') {
    const parameters = [
      { name: 'content_type', value: mimeType },
      { name: 'acl', value: 'private' },
    ];
    return { url: `${base}${key}`, resourceUrl: `${base}${key}`, parameters };
  }
  const parameters = [
    { name: 'key', value: key },
    { name: 'Content-Type', value: mimeType },
    { name: 'success_action_status', value: '201' },
    { name: 'acl', value: 'private' },
  ];
  return {
    url: base,
    resourceUrl: resource === 'BULK_MUTATION_VARIABLES' ? null : `${base}${key}`,
    parameters,
  };
}

const stagedUploadsCreate: FieldResolver = (_root, args: { input: UploadInput[] }, call) => ({
  stagedTargets: args.input.map((input) => stagedTarget(call, input)),
  userErrors: [],
});

export const fileMutations: Record<string, FieldResolver> = {
  fileCreate,
  fileUpdate,
  fileDelete,
  stagedUploadsCreate,
};
