import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseEnvironment } from '../../functions/platform/environment.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const lines = read('.env.example').split('\n');
const example = Object.fromEntries(
  lines.flatMap((line) => {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value ?? '']];
  }),
);

/** Returns the names in the schema. `functions/` may read no other variables. */
function namesInSchema(): string[] {
  const source = read('functions/platform/environment.ts');
  const schema = source.slice(source.indexOf('const Variables'), source.indexOf('export type Environment'));
  return [...schema.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name ?? '').sort();
}

test('.env.example contains exactly the variables that the program reads', () => {
  expect(namesInSchema().length).toBeGreaterThan(30);
  expect(Object.keys(example).sort()).toEqual(namesInSchema());
});

test('.env.example is valid, and its values are the defaults', () => {
  const { K_SERVICE: service, ...values } = example;
  expect(service).toBe('');
  const { APEXFLOW_HOME: home, ...parsed } = parseEnvironment(values);
  const { APEXFLOW_HOME: _none, ...defaults } = parseEnvironment({});
  expect(home).toBe('.apexflow');
  expect(parsed).toEqual(defaults);
});

test('.env.example contains no value of a secret', () => {
  const secrets = Object.keys(example).filter((name) => /KEY|PASSWORD|SECRET/.test(name));
  expect(secrets.length).toBeGreaterThan(5);
  for (const name of secrets) expect(example[name], name).toBe('');
});
