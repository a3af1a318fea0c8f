/** The parts of shopify.app.toml the platform acts on. */
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { z } from 'zod';

const listOrOne = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const fileSchema = z.object({
  client_id: z.string().optional(),
  name: z.string().optional(),
  application_url: z.string().optional(),
  embedded: z.boolean().optional(),
  access_scopes: z
    .object({ scopes: z.string().default(''), optional_scopes: z.array(z.string()).default([]) })
    .optional(),
  auth: z.object({ redirect_urls: z.array(z.string()).default([]) }).optional(),
  webhooks: z
    .object({
      api_version: z.string(),
      subscriptions: z
        .array(
          z.object({
            topics: z.array(z.string()).default([]),
            compliance_topics: z.array(z.string()).default([]),
            uri: z.string(),
            include_fields: z.array(z.string()).default([]),
            filter: z.string().nullable().default(null),
            name: z.string().nullable().default(null),
          }),
        )
        .default([]),
    })
    .optional(),
  events: z
    .object({
      api_version: z.string(),
      subscription: z
        .array(
          z.object({
            handle: z.string(),
            topic: z.string(),
            actions: listOrOne.default([]),
            triggers: listOrOne.default([]),
            uri: z.string(),
            query: z.string().nullable().default(null),
            query_filter: z.string().nullable().default(null),
          }),
        )
        .default([]),
    })
    .optional(),
});

/** A subscription of the file; topics as webhooks spell them ("products/update"), compliance topics included. */
export interface AppWebhook {
  topics: string[];
  /** Absolute, or a path on the app's own address. */
  uri: string;
  includeFields: string[];
  filter: string | null;
  name: string | null;
}

export interface AppEventSubscription {
  handle: string;
  topic: string;
  actions: string[];
  triggers: string[];
  uri: string;
  query: string | null;
  queryFilter: string | null;
}

export interface AppConfig {
  name: string;
  clientId: string | null;
  applicationUrl: string | null;
  embedded: boolean;
  scopes: string[];
  optionalScopes: string[];
  redirectUrls: string[];
  webhookApiVersion: string;
  webhooks: AppWebhook[];
  eventsApiVersion: string;
  events: AppEventSubscription[];
}

/** What an app without a configuration file has: the given scopes and no subscriptions. */
export function emptyAppConfig(scopes: string[] = []): AppConfig {
  return {
    name: 'App',
    clientId: null,
    applicationUrl: null,
    embedded: true,
    scopes,
    optionalScopes: [],
    redirectUrls: [],
    webhookApiVersion: '2026-10',
    webhooks: [],
    eventsApiVersion: '2026-10',
    events: [],
  };
}

/** Parses the text of a shopify.app.toml. Throws with the path of what is wrong. */
export function parseAppConfig(toml: string): AppConfig {
  const file = fileSchema.parse(parse(toml));
  return {
    name: file.name ?? 'App',
    clientId: file.client_id ?? null,
    applicationUrl: file.application_url ?? null,
    embedded: file.embedded ?? true,
    scopes: (file.access_scopes?.scopes ?? '')
      .split(',')
      .map((scope) => scope.trim())
      .filter(Boolean),
    optionalScopes: file.access_scopes?.optional_scopes ?? [],
    redirectUrls: file.auth?.redirect_urls ?? [],
    webhookApiVersion: file.webhooks?.api_version ?? '2026-10',
    webhooks: (file.webhooks?.subscriptions ?? []).map((subscription) => ({
      topics: [...subscription.topics, ...subscription.compliance_topics],
      uri: subscription.uri,
      includeFields: subscription.include_fields,
      filter: subscription.filter,
      name: subscription.name,
    })),
    eventsApiVersion: file.events?.api_version ?? '2026-10',
    events: (file.events?.subscription ?? []).map((subscription) => ({
      handle: subscription.handle,
      topic: subscription.topic,
      actions: subscription.actions,
      triggers: subscription.triggers,
      uri: subscription.uri,
      query: subscription.query,
      queryFilter: subscription.query_filter,
    })),
  };
}

/** Reads and parses a shopify.app.toml. Throws where the file is missing or wrong. */
export function readAppConfig(path: string): AppConfig {
  return parseAppConfig(readFileSync(path, 'utf8'));
}
