import { describe, expect, it } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import { faultsOf } from './rules.ts';
import { importsOf, type SourceFile, sourceFiles } from './source-files.ts';

describe('functions/', () => {
  const files = sourceFiles();

  it('is there', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.some(({ imports }) => imports.some(({ path }) => path === 'platform/endpoint.ts'))).toBe(true);
  });

  it('keeps the rules of the architecture', () => {
    expect(files.flatMap(faultsOf)).toEqual([]);
  });

  it('declares one function a file, named <domain>-<file>', async () => {
    const functions = await discoverFunctions();
    const deployed = files.filter(({ path }) => /^[^/]+\/(endpoints|steps|timers)\//.test(path));
    expect(functions.map(({ file }) => `${file}.ts`).sort()).toEqual(deployed.map(({ path }) => path).sort());
    for (const { file, declaration } of functions) {
      const [domain, , name] = file.split('/');
      expect(declaration.name).toBe(`${domain}-${name}`);
    }
  });

  it('has no route twice', async () => {
    const routes = (await discoverFunctions()).map(
      ({ declaration }) => `${declaration.route.method} ${declaration.route.path.replace(/\{\w+/g, '{')}`,
    );
    expect(routes.filter((route, index) => routes.indexOf(route) !== index)).toEqual([]);
  });

  it('names every prepared statement once', () => {
    const names = files.flatMap(({ path, text }) =>
      [...text.matchAll(/\bname: '([a-z][a-z0-9_]*)',\s*\n?\s*text:/g)].map(([, name]) => ({ name, path })),
    );
    expect(names.length).toBeGreaterThan(10);
    const twice = names.filter(({ name }, index) => names.findIndex((other) => other.name === name) !== index);
    expect(twice).toEqual([]);
  });
});

describe('the rules', () => {
  const file = (path: string, text: string): SourceFile => ({
    path,
    domain: path.split('/')[0] ?? '',
    text,
    imports: importsOf(path, text),
  });

  it.each([
    ['the platform imports a domain', 'platform/a.ts', `import { b } from '../runs/run.ts';`, 'not below platform'],
    [
      'a lower rank imports a higher one',
      'memory/a.ts',
      `import type { b } from '../runs/run.ts';`,
      'not below memory',
    ],
    ['the same rank imports itself', 'runs/a.ts', `export { b } from '../chat/b.ts';`, 'not below runs'],
    ['another domain’s SQL', 'runs/a.ts', `import { b } from '../memory/sql/b.ts';`, 'memory keeps to itself'],
    [
      'another domain’s step, lazily',
      'runs/a.ts',
      `const b = await import('../memory/steps/b.ts');`,
      'memory keeps to itself',
    ],
    ['a deployed function of one’s own', 'runs/a.ts', `import './endpoints/b.ts';`, 'a deployed function'],
    ['a test’s file', 'runs/a.ts', `import { b } from '../../test/support/b.ts';`, 'outside functions/'],
    ['no extension', 'runs/a.ts', `import { b } from './b';`, 'without its extension'],
    ['a barrel', 'runs/index.ts', '', 'barrel'],
    ['a name that says nothing', 'runs/utils.ts', '', 'says nothing'],
    ['a domain that nobody knows', 'stuff/a.ts', '', 'no rank'],
    ['the environment', 'runs/a.ts', 'const port = process.env.PORT;', 'process.env'],
    ['a long file', 'runs/a.ts', '\n'.repeat(251), '251 lines'],
    ['an unfinished file', 'runs/a.ts', '// TO'.concat('DO: later'), 'not finished'],
  ])('refuse %s', (_name, path, text, fault) => {
    expect(faultsOf(file(path, text)).join()).toContain(fault);
  });

  it('let through what is allowed', () => {
    const text = `import { z } from 'zod';
      import { a } from './a.ts';
      import { b } from '../memory/b.ts';
      import { c } from './sql/c.ts';
      // import { d } from '../chat/d.ts';
      /** Not process.env, and no import of '../chat/e.ts' either. */
      const d = await import('../platform/d.ts');`;
    expect(faultsOf(file('runs/good-name.ts', text))).toEqual([]);
  });
});
