import { createHash } from 'node:crypto';
import type { Row } from '../../functions/platform/database/batch.ts';
import type { Transaction } from '../../functions/platform/database/database.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';

/** Runs a transaction as the owner of the database, to whom row-level security does not apply. */
export async function ownerTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const database = await openDatabase();
  return database.as({ kind: 'system' }).transaction(async (transaction) => {
    await transaction.query(statementOf('set local role postgres'));
    return work(transaction);
  });
}

/** Runs a statement as the owner of the database. */
export function asOwner(text: string, values: unknown[] = []): Promise<Row[]> {
  return ownerTransaction((transaction) => transaction.query(statementOf(text, values)));
}

/** Returns a statement whose name is derived from its text, because names must be unique. */
export function statementOf(text: string, values: unknown[] = []) {
  return { name: `test_${createHash('md5').update(text).digest('hex')}`, text, values };
}
