/**
 * The store of users' passwords. It is Firebase in the cloud, and on a laptop the Firebase emulator or a local issuer.
 * All adapters issue ID tokens of the same format, which one function verifies (platform/sign-in/authenticate.ts).
 */
export interface Accounts {
  /**
   * Creates an account and signs its user in.
   * @throws Problem 409 when the e-mail address has an account; 422 when the provider rejects the password or address
   */
  signUp(account: { email: string; password: string; displayName: string }): Promise<Tokens>;
  /**
   * Signs a user in.
   * @throws Problem 401, with the same text and after the same work, for an unknown address, a wrong password and a
   * disabled account
   */
  signIn(credential: { email: string; password: string }): Promise<Tokens>;
  /**
   * Signs in a user whom another service has verified, and creates the account on the first sign-in. `claims` become
   * claims of the access token. There is no refresh token: the user is verified again when the token has expired.
   */
  signInVerified(user: VerifiedUser): Promise<Omit<Tokens, 'refreshToken'>>;
  /**
   * Returns a new access token of the same sign-in, and the refresh token that the client uses next.
   * @throws Problem 401 when the refresh token is unknown, revoked, expired or used up
   */
  refresh(refreshToken: string, request: RefreshRequest): Promise<Tokens>;
  /** Revokes all refresh tokens of a user. */
  revoke(subject: string): Promise<void>;
}

/** The request that exchanges a refresh token, for the audit log. */
export interface RefreshRequest {
  address: string;
  requestId: string;
}

export interface VerifiedUser {
  /** The id of the account; it begins with the name of the service that verified the user. */
  subject: string;
  displayName: string;
  claims: Record<string, string>;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  expiresInSeconds: number;
}
