import { Redis } from 'ioredis';
import type { LiveEvents } from './live-events';
import { encode, LiveListeners } from './live-listeners';
import type { Logger } from './log.server';

const channelOf = (shopId: string) => `lockstep:live:${shopId}`;

/** Live events over Redis pub/sub, a channel a shop. The client reconnects and subscribes again by itself. */
export function liveRedis(redisUrl: string, log: Logger): LiveEvents {
  const listeners = new LiveListeners();
  const open = () => {
    const client = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 3 });
    client.on('error', (error) => log.warn({ err: error }, 'The Redis connection of live events broke'));
    return client;
  };
  const publisher = open();
  const subscriber = open();
  subscriber.on('message', (_channel, text) => {
    try {
      listeners.deliver(text);
    } catch (error) {
      log.error({ err: error, text }, 'A live event was not understood');
    }
  });
  return {
    publish: async (shopId, event) => {
      await publisher.publish(channelOf(shopId), encode(shopId, event));
    },
    subscribe: async (shopId, listener) => {
      listeners.add(shopId, listener);
      await subscriber.subscribe(channelOf(shopId));
      return async () => {
        if (listeners.remove(shopId, listener)) await subscriber.unsubscribe(channelOf(shopId));
      };
    },
    close: async () => {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
