/**
 * Every GraphQL document the app sends, as constants with variables; documents.test.ts validates them against the real
 * schema and the scopes of shopify.app.toml. Mutations are composed into larger documents by compose.ts, which leaves out
 * what a call did not change.
 */

export { PAGE_SIZES } from './document-fragments';
export type { PageSizes } from './document-fragments';
export * from './queries';
export * from './bulk-queries';
export * from './bulk-mutations';
export * from './mutations';
export * from './mutations-beside';
export * from './picture-documents';
export * from './order-documents';
