/** Access tokens of the app, as the OAuth half issues and the GraphQL half checks them. */

export interface AccessToken {
  token: string;
  /** "something.myshopify.com" */
  shop: string;
  scopes: string[];
  kind: 'offline' | 'online';
  /** Epoch milliseconds; null for tokens that do not expire. */
  expiresAt: number | null;
  refreshToken: string | null;
  /** Epoch milliseconds; null where there is no refresh token. */
  refreshExpiresAt: number | null;
  /** Epoch milliseconds. */
  issuedAt: number;
  /** Id of the admin user, for online tokens. */
  userId: string | null;
  /** Set once the refresh token was used: by what it was replaced, and when that first happened (epoch milliseconds). */
  replacement?: { refreshToken: string; firstUsedAt: number };
}
