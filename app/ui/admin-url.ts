/** Address of a product's page in the Shopify admin, for a link inside the embedded app; `gid` is a Product gid. */
export function adminProductUrl(gid: string): string {
  return `shopify:admin/products/${gid.split('/').pop() ?? ''}`;
}
