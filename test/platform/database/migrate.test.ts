import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../../../functions/platform/database/migrate.ts';
import { createEmptyDatabase, createScratchFolders, type EmptyDatabase } from './schema-sandbox.ts';

let database: EmptyDatabase;
let folders: ReturnType<typeof createScratchFolders>;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  folders = createScratchFolders();
  await database.client.query('drop schema public cascade; create schema public');
  folders.write({
    'migrations/1_cats.sql': `create table cats (name text primary key, size integer);`,
    'functions/cats/sql/cat_size.sql': catSize('select size from cats where name = p_name'),
  });
});
afterEach(() => folders[Symbol.dispose]());

const run = () => migrate(database.client, folders);
const catSize = (body: string) =>
  `create or replace function cat_size(p_name text) returns integer language sql as $$ ${body} $$;`;
const resultOf = async (expression: string) =>
  (await database.client.query<{ value: unknown }>(`select ${expression} as value`)).rows[0]?.value;
const exists = (signature: string) => resultOf(`to_regprocedure('${signature}') is not null`);

describe('migrations and SQL functions', () => {
  test('are applied once', async () => {
    expect(await run()).toEqual(['migration 1_cats', 'function cat_size']);
    expect(await run()).toEqual([]);
    await database.client.query(`insert into cats values ('Tom', 4)`);
    expect(await resultOf(`cat_size('Tom')`)).toBe(4);
  });

  test('are applied when they are added or changed, and only those', async () => {
    folders.write({ 'functions/cats/sql/one.sql': 'create or replace function one() returns integer return 1;' });
    await run();
    folders.write({
      'migrations/2_dogs.sql': 'create table dogs (name text);',
      'functions/cats/sql/cat_size.sql': catSize('select 7'),
    });
    expect(await run()).toEqual(['migration 2_dogs', 'function cat_size']);
    expect(await resultOf(`cat_size('Tom')`)).toBe(7);
  });

  test('a function that a migration uses is applied before it, with the functions that it calls', async () => {
    folders.write({
      'migrations/2_dogs.sql': 'create table dogs (name text, key text generated always as (dog_key(name)) stored);',
      'functions/dogs/sql/dog_key.sql':
        'create or replace function dog_key(p_name text) returns text immutable return plain(p_name);',
      'functions/dogs/sql/plain.sql':
        'create or replace function plain(p_name text) returns text immutable return lower(p_name);',
    });
    await run();
    await database.client.query(`insert into dogs values ('Rex')`);
    expect(await resultOf('(select key from dogs)')).toBe('rex');
  });

  test('a function whose file is removed is dropped, together with functions that use it', async () => {
    folders.write({
      'functions/cats/sql/two.sql': 'create or replace function two() returns integer return 2;',
      'functions/cats/sql/four.sql': 'create or replace function four() returns integer return two() + two();',
    });
    await run();
    folders.remove('functions/cats/sql/two.sql');
    folders.remove('functions/cats/sql/four.sql');
    expect((await run()).sort()).toEqual(['dropped function four', 'dropped function two']);
    expect([await exists('two()'), await exists('four()')]).toEqual([false, false]);
    expect(await run()).toEqual([]);
  });
});

describe('a changed signature', () => {
  test.each([
    ['arguments', 'cat_size(p_name text, p_unit text) returns integer', 'cat_size(text,text)'],
    ['names of arguments', 'cat_size(p_cat text) returns integer', 'cat_size(text)'],
    ['result', 'cat_size(p_name text) returns bigint', 'cat_size(text)'],
  ])('replaces the function: %s', async (_what, head, signature) => {
    await run();
    folders.write({
      'functions/cats/sql/cat_size.sql': `create or replace function ${head} language sql as 'select 1';
        revoke all on function cat_size from public;`,
    });
    expect(await run()).toEqual(['function cat_size']);
    expect(await exists(signature)).toBe(true);
    expect(await resultOf(`(select count(*)::integer from pg_proc where proname = 'cat_size')`)).toBe(1);
  });

  test('applies functions again that had to be dropped with it', async () => {
    folders.write({
      'functions/cats/sql/unit.sql': 'create or replace function unit() returns integer return 1;',
      'functions/cats/sql/units.sql': 'create or replace function units() returns integer return unit() + 1;',
    });
    await run();
    folders.write({ 'functions/cats/sql/unit.sql': 'create or replace function unit() returns bigint return 5;' });
    expect(await run()).toEqual(['function unit', 'function units']);
    expect(await resultOf('units()')).toBe(6);
    expect(await run()).toEqual([]);
  });
});

test('the owner and the grants of a function are those of its file, also when the file takes rights away', async () => {
  const write = (rights: string) =>
    folders.write({
      'functions/cats/sql/secret.sql': `create or replace function secret() returns integer return 1;
        revoke all on function secret from public; ${rights}`,
    });
  const rights = () =>
    resultOf(`(select json_build_array(case when proowner = 'apexflow_definer'::regrole then 'apexflow_definer' end,
      has_function_privilege('apexflow_definer', oid, 'execute')) from pg_proc where proname = 'secret')`);
  folders.write({ 'migrations/2_role.sql': READER });
  write('alter function secret owner to apexflow_definer;');
  await run();
  expect(await rights()).toEqual(['apexflow_definer', true]);
  expect(await resultOf(`has_schema_privilege('apexflow_definer', 'public', 'create')`)).toBe(false);
  write('grant execute on function secret to apexflow_definer;');
  await run();
  expect(await rights()).toEqual([null, true]);
  write('');
  await run();
  expect(await rights()).toEqual([null, false]);
});

/** Roles are of the whole server, so another test run may have created this one. */
const READER = `do $$ begin
  create role apexflow_definer nologin;
exception when duplicate_object or unique_violation then null;
end $$;
grant usage on schema public to apexflow_definer;`;

describe('an error leaves the database as it was', () => {
  test('in a function: its file is named, and the migrations before it are rolled back', async () => {
    await run();
    folders.write({
      'migrations/2_dogs.sql': 'create table dogs (name text);',
      'functions/cats/sql/cat_size.sql': catSize('select nothing'),
    });
    await expect(run()).rejects.toThrow(
      'functions/cats/sql/cat_size.sql could not be applied: column "nothing" does not exist',
    );
    expect(await resultOf(`to_regclass('dogs')`)).toBeNull();
    expect(await resultOf(`cat_size('Tom')`)).toBeNull();
    folders.write({ 'functions/cats/sql/cat_size.sql': catSize('select 1') });
    expect(await run()).toEqual(['migration 2_dogs', 'function cat_size']);
  });

  test('in a migration: the migrations and functions before it are rolled back', async () => {
    folders.write({ 'migrations/2_broken.sql': 'create table dogs (name nonsense);' });
    await expect(run()).rejects.toThrow('type "nonsense" does not exist');
    expect(await resultOf(`to_regclass('cats')`)).toBeNull();
    expect(await exists('cat_size(text)')).toBe(false);
  });

  test('a function that stored values depend on may not change its results', async () => {
    const key = (body: string) =>
      `-- ${body}\ncreate or replace function cat_key(p_name text) returns text immutable return ${body};`;
    folders.write({
      'migrations/2_keys.sql': `create index cats_by_key on cats (cat_key(name));
        alter table cats add column key text generated always as (cat_key(name)) stored;`,
      'functions/cats/sql/cat_key.sql': key('lower(p_name)'),
    });
    await run();
    folders.write({ 'functions/cats/sql/cat_key.sql': key('upper(p_name)') });
    await expect(run()).rejects.toThrow('cat_key computes the stored values of column cats.key, index cats_by_key');
    folders.write({ 'functions/cats/sql/cat_key.sql': `-- Another comment.\n${key('lower(p_name)')}` });
    expect(await run()).toEqual(['function cat_key']);
  });

  test('a removed function that a table still uses is not dropped', async () => {
    folders.write({
      'migrations/2_default.sql': 'alter table cats alter column size set default usual_size();',
      'functions/cats/sql/usual_size.sql': 'create or replace function usual_size() returns integer return 3;',
    });
    await run();
    folders.remove('functions/cats/sql/usual_size.sql');
    await expect(run()).rejects.toThrow('cannot drop function usual_size() because other objects depend on it');
    expect(await resultOf('usual_size()')).toBe(3);
  });
});
