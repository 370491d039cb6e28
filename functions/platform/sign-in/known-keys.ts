import { openDatabase } from '../database/open.ts';

/**
 * The owner of an API key. An owner's requests are counted together, whatever key they have. A key that is not valid
 * any more has an owner too: its refusal belongs to the audit log of the owner's tenant.
 */
export interface KeyOwner {
  /** The identity provider's user id. */
  subject: string;
  isValid: boolean;
}

/**
 * How long a valid key is remembered. Being remembered gives no right: the database checks the key with every
 * statement. It saves a round trip in front of the request.
 */
const REMEMBERED_MS = 10 * 60_000;
const REMEMBERED_KEYS = 10_000;

const remembered = new Map<string, { owner: KeyOwner; until: number }>();

interface KeyProof {
  keyId: string;
  secretHash: string;
}
const nameOf = ({ keyId, secretHash }: KeyProof) => `${keyId} ${secretHash}`;

/** Returns the owner of a key that this process has seen accepted lately. */
export function knownKeyOwner(key: KeyProof): KeyOwner | undefined {
  const known = remembered.get(nameOf(key));
  return known !== undefined && performance.now() < known.until ? known.owner : undefined;
}

/**
 * Asks the database for the owner of a key and remembers a valid key. Undefined for an unknown key or a wrong secret.
 */
export async function findKeyOwner(key: KeyProof): Promise<KeyOwner | undefined> {
  const database = await openDatabase();
  const [row] = await database.as({ kind: 'system' }).query<{ subject: string | null; is_valid: boolean }>({
    name: 'find_key_owner',
    text: 'select subject, is_valid from find_key_owner($1, $2)',
    values: [key.keyId, key.secretHash],
  });
  if (row === undefined || row.subject === null) return undefined;
  const owner = { subject: row.subject, isValid: row.is_valid };
  if (owner.isValid) remember(key, owner);
  return owner;
}

/** Forgets a key that the database has refused. */
export function forgetKey(key: KeyProof): void {
  remembered.delete(nameOf(key));
}

function remember(key: KeyProof, owner: KeyOwner): void {
  remembered.delete(nameOf(key));
  remembered.set(nameOf(key), { owner, until: performance.now() + REMEMBERED_MS });
  if (remembered.size > REMEMBERED_KEYS) remembered.delete(remembered.keys().next().value ?? '');
}
