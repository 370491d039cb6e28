import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { administer, type DatabaseTemplate, databaseUrl } from './database-template.ts';

/**
 * Makes this test file's own database as a copy of the template and points the environment at it; `openDatabase()` opens it. Answers how to remove it.
 */
export async function createTestDatabase(template: DatabaseTemplate, home: string): Promise<() => Promise<void>> {
  if (template.kind === 'embedded') {
    delete process.env.DATABASE_URL;
    cpSync(template.folder, join(home, 'postgres'), { recursive: true });
    return async () => undefined;
  }
  const name = `apexflow_test_${randomBytes(6).toString('hex')}`;
  await administer(template.url, `create database ${name} template ${template.name}`);
  process.env.DATABASE_URL = databaseUrl(template.url, name);
  return () => administer(template.url, `drop database ${name} with (force)`);
}
