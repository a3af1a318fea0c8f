import { uploadPicture } from '~/sync/upload-picture';
import type { JobHandler } from './job-handler';

/** Brings pictures into stores. A few at a time: each holds up to 20 MB. */
export const uploadPictureHandler: JobHandler<'upload-picture'> = {
  name: 'upload-picture',
  share: (concurrency) => Math.ceil(concurrency / 2),
  run: uploadPicture,
};
