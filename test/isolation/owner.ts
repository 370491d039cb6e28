import { createHash } from 'node:crypto';
import type { Row } from '../../functions/platform/database/batch.ts';
import type { Transaction } from '../../functions/platform/database/database.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';

/** A transaction of the database's owner, whom row-level security does not bind: what the tests look at and put into tables. */
export async function ownerTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const database = await openDatabase();
  return database.as({ kind: 'system' }).transaction(async (transaction) => {
    await transaction.query(statementOf('set local role postgres'));
    return work(transaction);
  });
}

export function asOwner(text: string, values: unknown[] = []): Promise<Row[]> {
  return ownerTransaction((transaction) => transaction.query(statementOf(text, values)));
}

/** A statement whose name is made of its text, as names must be unique. */
export function statementOf(text: string, values: unknown[] = []) {
  return { name: `test_${createHash('md5').update(text).digest('hex')}`, text, values };
}
