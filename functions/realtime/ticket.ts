import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Identity } from '../platform/database/database.ts';

/** A browser takes a ticket and connects at once, so half a minute is enough for a slow network. */
export const TICKET_SECONDS = 30;

/** The text of a ticket: 256 random bits. */
export const Ticket = z
  .string()
  .regex(/^tkt_[\w-]{43}$/)
  .meta({ description: 'Valid once, for 30 seconds. Send it in the first frame and never in an address' });

export function createTicket(): string {
  return `tkt_${randomBytes(32).toString('base64url')}`;
}

/** Returns what is stored of a ticket. */
export function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}

const Token = z.strictObject({
  kind: z.literal('token'),
  subject: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  displayName: z.string(),
  issuedAt: z.string(),
});
const Key = z.strictObject({
  kind: z.literal('api-key'),
  keyId: z.string(),
  secretHash: z.string(),
  subject: z.string(),
});
const StoredIdentity = z.discriminatedUnion('kind', [Token, Key]);

/** Returns what a ticket stores of an identity: no credential of another service, and nobody on whose behalf. */
export function storedIdentity(identity: Identity): z.infer<typeof StoredIdentity> {
  if (identity.kind === 'api-key') {
    const { kind, keyId, secretHash, subject } = identity;
    return { kind, keyId, secretHash, subject };
  }
  const { kind, subject, email, emailVerified, displayName, issuedAt } = identity;
  return { kind, subject, email, emailVerified, displayName, issuedAt };
}

/** Parses the identity of a ticket that was taken. */
export function readIdentity(stored: unknown): Identity {
  return StoredIdentity.parse(stored);
}
