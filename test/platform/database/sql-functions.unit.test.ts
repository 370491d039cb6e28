import { describe, expect, test } from 'vitest';
import {
  functionsCalledBy,
  functionsCreatedBy,
  readSqlFunctions,
} from '../../../functions/platform/database/sql-functions.ts';
import { createScratchFolders } from './schema-sandbox.ts';

const define = (name: string, body = '1') =>
  `create or replace function ${name}() returns integer language sql as $$ select ${body} $$;`;

function read(files: Record<string, string>) {
  using folders = createScratchFolders();
  folders.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`functions/${path}`, text])));
  return readSqlFunctions(folders.functions);
}

const namesOf = (functions: { name: string }[]) => functions.map(({ name }) => name);

describe('the SQL functions of all domains', () => {
  test('are ordered so that each comes after the functions that it calls', () => {
    const functions = read({
      'cats/sql/a_cat.sql': define('a_cat', 'm_paw() + z_tail ()'),
      'cats/sql/m_paw.sql': define('m_paw', 'z_tail()'),
      'dogs/sql/z_tail.sql': define('z_tail'),
    });
    expect(namesOf(functions)).toEqual(['z_tail', 'm_paw', 'a_cat']);
    expect(functions[0]).toMatchObject({ file: 'dogs/sql/z_tail.sql', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test('may call themselves, and a comment is not a call', () => {
    const files = {
      'cats/sql/a.sql': define('a', 'a()'),
      'cats/sql/b.sql': `-- Like a().\n${define('b')} -- not a ()`,
    };
    expect(namesOf(functionsCalledBy(files['cats/sql/b.sql'], read(files)))).toEqual(['b']);
  });

  test('are found in a migration by a call, with the functions that those call', () => {
    const functions = read({
      'cats/sql/paw.sql': define('paw'),
      'cats/sql/cat.sql': define('cat', 'paw()'),
      'cats/sql/dog.sql': define('dog'),
    });
    expect(namesOf(functionsCalledBy('create index on cats (cat(name)); -- dog()', functions))).toEqual(['paw', 'cat']);
  });

  test('reject a circle of calls', () => {
    const files = { 'cats/sql/a.sql': define('a', 'b()'), 'cats/sql/b.sql': define('b', 'a()') };
    expect(() => read(files)).toThrow('SQL functions call each other: a → b → a');
  });

  test('reject a file that creates another function than its name says, or two', () => {
    expect(() => read({ 'cats/sql/a.sql': define('b') })).toThrow(
      'cats/sql/a.sql creates b: it must create the function a only',
    );
    expect(() => read({ 'cats/sql/a.sql': `${define('a')} ${define('c')}` })).toThrow('creates a, c');
    expect(() => read({ 'cats/sql/a.sql': 'select 1' })).toThrow('creates no function');
  });

  test('reject a function that two domains define', () => {
    const files = { 'cats/sql/a.sql': define('a'), 'dogs/sql/a.sql': define('a') };
    expect(() => read(files)).toThrow('The SQL function a is in two files');
  });
});

test('a created function is found however the statement is written', () => {
  expect(
    functionsCreatedBy('CREATE FUNCTION one(); create  or replace\nfunction two (); -- create function three()'),
  ).toEqual(['one', 'two']);
});
