import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SCHEMA_FOLDERS } from '../../functions/platform/database/migrate.ts';
import { functionsCreatedBy, readSqlFunctions } from '../../functions/platform/database/sql-functions.ts';
import { discoverFunctions } from '../../functions/platform/discover.ts';

/** Throws when a function is in two files, or a file does not create the function of its name. */
const functions = readSqlFunctions(SCHEMA_FOLDERS.functions);

it('no migration creates a function', () => {
  const migrations = readdirSync(SCHEMA_FOLDERS.migrations).filter((file) => /^\d+_.*\.sql$/.test(file));
  expect(migrations.length).toBeGreaterThan(5);
  const creating = migrations.filter(
    (file) => functionsCreatedBy(readFileSync(join(SCHEMA_FOLDERS.migrations, file), 'utf8')).length > 0,
  );
  expect(creating).toEqual([]);
});

it('every SQL function says what it guarantees in a comment of lines of at most 120 columns', () => {
  expect(functions.length).toBeGreaterThan(50);
  const isReadable = (text: string) => text.startsWith('-- ') && text.split('\n').every((line) => line.length <= 120);
  expect(functions.filter(({ text }) => !isReadable(text)).map(({ file }) => file)).toEqual([]);
});

it('no SQL function spells the name of a deployed function: it gets the name as an argument', async () => {
  const names = (await discoverFunctions()).map(({ declaration }) => declaration.name);
  const spelling = functions.filter(({ text }) => names.some((name) => text.includes(`'${name}'`)));
  expect(spelling.map(({ file }) => file)).toEqual([]);
});
