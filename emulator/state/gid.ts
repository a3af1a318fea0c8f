/** Shopify's global ids: "gid://shopify/Product/8000000000001". */

const PATTERN = /^gid:\/\/shopify\/([A-Za-z0-9]+)\/([^?]+)(\?.*)?$/;

/** A Shopify global id, e.g. "gid://shopify/Product/1". */
export type Gid = string;

/** Builds a gid of a type and its legacy id. */
export function gidOf(type: string, id: string | number | bigint): Gid {
  return `gid://shopify/${type}/${id}`;
}

/** The GraphQL type a gid names, or null where the text is no gid. */
export function gidType(gid: Gid): string | null {
  return PATTERN.exec(gid)?.[1] ?? null;
}

/** The last part of a gid as text: "8000000000001"; the text itself where it is no gid. Never a number: ids may pass 2^53. */
export function legacyId(gid: Gid): string {
  return PATTERN.exec(gid)?.[2] ?? gid;
}
