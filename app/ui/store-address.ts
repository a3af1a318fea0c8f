/** The app inside the admin of a store; `admin` is where admins are, e.g. "https://admin.shopify.com". */
export function storeAppAddress(admin: string, domain: string, clientId: string): string {
  const [handle = ''] = domain.split('.');
  return `${admin}/store/${encodeURIComponent(handle)}/apps/${encodeURIComponent(clientId)}`;
}
