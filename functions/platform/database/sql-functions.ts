import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * A function of the database. The file `functions/<domain>/sql/<name>.sql` holds its current version: one
 * `create or replace function` statement with its owner and its grants.
 */
export interface SqlFunction {
  name: string;
  /** The path below the folder of all domains, for error messages. */
  file: string;
  text: string;
  hash: string;
}

/**
 * Returns the SQL functions of all domains. A function comes after every function that it calls.
 * @throws Error when a file does not define exactly the function that it is named for, when two files define the same
 * function, or when functions call each other in a circle
 */
export function readSqlFunctions(root: string): SqlFunction[] {
  const functions = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: domain }) => sqlFilesOf(root, join(domain, 'sql')))
    .map((file) => readSqlFunction(root, file));
  const names = functions.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`The SQL function ${repeated} is in two files: keep one of them`);
  return inOrder(functions, functions);
}

/** Returns the functions that an SQL text calls and the functions that those call, in the order to apply them. */
export function functionsCalledBy(text: string, functions: readonly SqlFunction[]): SqlFunction[] {
  return inOrder(calledIn(text, functions), functions);
}

/** Returns the names of the functions that an SQL text creates. */
export function functionsCreatedBy(text: string): string[] {
  const found = withoutComments(text).matchAll(/\bcreate\s+(?:or\s+replace\s+)?function\s+"?(\w+)/gi);
  return [...found].map(([, name = '']) => name);
}

function sqlFilesOf(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.sql'))
      .map((file) => join(folder, file));
  } catch (error) {
    // Most domains have statements only, and some have no SQL at all.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function readSqlFunction(root: string, file: string): SqlFunction {
  const text = readFileSync(join(root, file), 'utf8');
  const name = basename(file, '.sql');
  const created = functionsCreatedBy(text);
  if (created.length !== 1 || created[0] !== name)
    throw new Error(`${file} creates ${created.join(', ') || 'no function'}: it must create the function ${name} only`);
  return { name, file, text, hash: createHash('sha256').update(text).digest('hex') };
}

/** Depth first: a function is added after the functions that it calls. */
function inOrder(wanted: readonly SqlFunction[], functions: readonly SqlFunction[]): SqlFunction[] {
  const ordered = new Set<SqlFunction>();
  const visit = (sqlFunction: SqlFunction, callers: readonly SqlFunction[]) => {
    if (ordered.has(sqlFunction)) return;
    if (callers.includes(sqlFunction))
      throw new Error(
        `SQL functions call each other: ${[...callers, sqlFunction].map(({ name }) => name).join(' → ')}`,
      );
    for (const called of calledIn(sqlFunction.text, functions))
      if (called !== sqlFunction) visit(called, [...callers, sqlFunction]);
    ordered.add(sqlFunction);
  };
  for (const sqlFunction of wanted) visit(sqlFunction, []);
  return [...ordered];
}

/** A call is the name of a function before an opening parenthesis. */
function calledIn(text: string, functions: readonly SqlFunction[]): SqlFunction[] {
  const words = new Set([...withoutComments(text).matchAll(/\b(\w+)\s*\(/g)].map(([, word]) => word));
  return functions.filter(({ name }) => words.has(name));
}

function withoutComments(text: string): string {
  return text.replace(/--.*$/gm, '');
}
