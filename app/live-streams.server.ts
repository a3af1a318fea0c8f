/** The live streams of the web process: ended before it is, because open responses would keep it from ending. */
import { createLiveStreams } from '~/observe/live-streams';
import { resources } from './shopify.server';

export const liveStreams = createLiveStreams(resources);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => liveStreams.close());
