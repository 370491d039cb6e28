import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { administer, type DatabaseTemplate, databaseUrl } from './database-template.ts';

/**
 * Copies the template to a database of this test file and points the environment at it, so that `openDatabase()` opens
 * the copy. Returns a function that removes the copy. Without a template, the environment names no database, and what a
 * process of the test opens starts empty in its home.
 */
export async function createTestDatabase(
  template: DatabaseTemplate | undefined,
  home: string,
): Promise<() => Promise<void>> {
  if (template?.kind !== 'server') {
    delete process.env.DATABASE_URL;
    if (template) cpSync(template.folder, join(home, 'postgres'), { recursive: true });
    return async () => undefined;
  }
  const name = `apexflow_test_${randomBytes(6).toString('hex')}`;
  await administer(template.url, `create database ${name} template ${template.name}`);
  process.env.DATABASE_URL = databaseUrl(template.url, name);
  return () => administer(template.url, `drop database ${name} with (force)`);
}
