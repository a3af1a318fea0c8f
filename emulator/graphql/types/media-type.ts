/** Files and media. */
import { fileUrl, statusAt } from '../../catalog/media';
import type { StoredFile } from '../../state/product';
import type { Call, FieldResolver, ResolverTable } from '../call';

const CONTENT_TYPES: Record<StoredFile['type'], string> = {
  MediaImage: 'IMAGE',
  Video: 'VIDEO',
  ExternalVideo: 'EXTERNAL_VIDEO',
  Model3d: 'MODEL_3D',
  GenericFile: 'FILE',
};

const status = (call: Call, file: StoredFile) => statusAt(file, call.emulator.clock.now());
const url = (call: Call, file: StoredFile) => fileUrl(call.emulator.origin(), call.shop.domain, file);

/** The picture of a file as an Image; its address exists from the start of processing on. */
export function imageOf(call: Call, file: StoredFile) {
  const address = url(call, file);
  return {
    id: file.id.replace('/MediaImage/', '/ImageSource/'),
    altText: file.alt,
    url: address,
    src: address,
    originalSrc: address,
    width: file.width,
    height: file.height,
    thumbhash: null,
  };
}

const ready = (call: Call, file: StoredFile) => status(call, file) === 'READY';

const FAILURES: Record<string, { code: string; details: string; message: string }> = {
  IMAGE_DOWNLOAD_FAILURE: {
    code: 'IMAGE_DOWNLOAD_FAILURE',
    details: 'The image could not be downloaded.',
    message: 'Image download failed',
  },
  IMAGE_PROCESSING_FAILURE: {
    code: 'IMAGE_PROCESSING_FAILURE',
    details: 'The image could not be processed.',
    message: 'Image processing failed',
  },
  DUPLICATE_FILENAME_ERROR: {
    code: 'DUPLICATE_FILENAME_ERROR',
    details: 'A file with the same name already exists.',
    message: 'Duplicate filename',
  },
};

const errorsOf: FieldResolver = (file: StoredFile, _args, call) =>
  status(call, file) === 'FAILED' ? [FAILURES[file.failure ?? ''] ?? FAILURES['IMAGE_DOWNLOAD_FAILURE']] : [];

const ofFiles: Record<string, FieldResolver> = {
  fileStatus: (file: StoredFile, _args, call) => status(call, file),
  fileErrors: errorsOf,
  preview: (file: StoredFile, _args, call) => ({
    image: ready(call, file) ? imageOf(call, file) : null,
    status: status(call, file),
  }),
};

const common: Record<string, FieldResolver> = {
  ...ofFiles,
  status: (file: StoredFile, _args, call) => status(call, file),
  mediaContentType: (file: StoredFile) => CONTENT_TYPES[file.type],
  mediaErrors: errorsOf,
  mediaWarnings: () => [],
};

export const mediaTypes: ResolverTable = {
  MediaImage: {
    ...common,
    image: (file: StoredFile, _args, call) => (ready(call, file) ? imageOf(call, file) : null),
    originalSource: (file: StoredFile, _args, call) =>
      ready(call, file) ? { url: url(call, file), fileSize: null } : null,
  },
  GenericFile: {
    ...ofFiles,
    url: (file: StoredFile, _args, call) => (ready(call, file) ? url(call, file) : null),
  },
  Video: {
    ...common,
    originalSource: () => null,
    sources: () => [],
    duration: () => null,
  },
  ExternalVideo: {
    ...common,
    host: (file: StoredFile) => (/vimeo\.com/.test(file.originalSource) ? 'VIMEO' : 'YOUTUBE'),
    embedUrl: (file: StoredFile) => file.originalSource,
    originUrl: (file: StoredFile) => file.originalSource,
  },
  Model3d: { ...common, originalSource: () => null, sources: () => [], boundingBox: () => null },
  Image: {
    url: (image: { url: string }, args: { transform?: { maxWidth?: number | null } | null }) =>
      args.transform?.maxWidth ? `${image.url}&width=${args.transform.maxWidth}` : image.url,
  },
};
