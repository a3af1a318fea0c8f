import { Session } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { TokenUnreadable } from './token-encryption.server';
import type { TokenEncryption } from './token-encryption.server';

/** Where a session that cannot be read is reported. */
interface ProblemLog {
  warn(details: object, message: string): void;
}

/** A session storage whose access and refresh tokens are encrypted before another storage sees them. */
export class EncryptedSessionStorage implements SessionStorage {
  readonly #inner: SessionStorage;
  readonly #encryption: TokenEncryption;
  readonly #log: ProblemLog;

  constructor(inner: SessionStorage, encryption: TokenEncryption, log: ProblemLog) {
    this.#inner = inner;
    this.#encryption = encryption;
    this.#log = log;
  }

  storeSession(session: Session): Promise<boolean> {
    return this.#inner.storeSession(
      this.#mapTokens(session, (token) => this.#encryption.encrypt(token, session.id)),
    );
  }

  async loadSession(id: string): Promise<Session | undefined> {
    const stored = await this.#inner.loadSession(id);
    return stored && this.#open(stored);
  }

  deleteSession(id: string): Promise<boolean> {
    return this.#inner.deleteSession(id);
  }

  deleteSessions(ids: string[]): Promise<boolean> {
    return this.#inner.deleteSessions(ids);
  }

  async findSessionsByShop(shop: string): Promise<Session[]> {
    const stored = await this.#inner.findSessionsByShop(shop);
    return stored.flatMap((session) => this.#open(session) ?? []);
  }

  /** A session whose tokens no key opens counts as absent: the user's next request exchanges a new token. */
  #open(stored: Session): Session | undefined {
    try {
      return this.#mapTokens(stored, (token) => this.#encryption.decrypt(token, stored.id));
    } catch (error) {
      if (!(error instanceof TokenUnreadable)) throw error;
      this.#log.warn(
        { err: error, shop: stored.shop },
        'a stored session cannot be read and is treated as absent',
      );
      return undefined;
    }
  }

  #mapTokens(session: Session, change: (token: string) => string): Session {
    const { accessToken, refreshToken, ...rest } = session.toObject();
    return new Session({
      ...rest,
      ...(accessToken ? { accessToken: change(accessToken) } : {}),
      ...(refreshToken ? { refreshToken: change(refreshToken) } : {}),
    });
  }
}
