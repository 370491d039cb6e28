import { describe, expect, it } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import { faultsOf } from './rules.ts';
import { importsOf, type SourceFile, sourceFiles } from './source-files.ts';

describe('functions/', () => {
  const files = sourceFiles();

  it('is read', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.some(({ imports }) => imports.some(({ path }) => path === 'platform/endpoint.ts'))).toBe(true);
  });

  it('follows the rules of the architecture', () => {
    expect(files.flatMap(faultsOf)).toEqual([]);
  });

  it('declares one function in each deployed file, named <domain>-<file>', async () => {
    const functions = await discoverFunctions();
    const deployed = files.filter(({ path }) => /^[^/]+\/(endpoints|sockets|steps|timers)\//.test(path));
    expect(functions.map(({ file }) => `${file}.ts`).sort()).toEqual(deployed.map(({ path }) => path).sort());
    for (const { file, declaration } of functions) {
      const [domain, , name] = file.split('/');
      expect(declaration.name).toBe(`${domain}-${name}`);
    }
  });

  it('has no duplicate route', async () => {
    const routes = (await discoverFunctions()).map(
      ({ declaration }) => `${declaration.route.method} ${declaration.route.path.replace(/\{\w+/g, '{')}`,
    );
    expect(routes.filter((route, index) => routes.indexOf(route) !== index)).toEqual([]);
  });

  it('has unique names of prepared statements', () => {
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
    ['a domain imported by the platform', 'platform/a.ts', `import { b } from '../runs/run.ts';`, 'not below platform'],
    [
      'a higher rank imported by a lower one',
      'memory/a.ts',
      `import type { b } from '../runs/run.ts';`,
      'not below memory',
    ],
    ['a domain of the same rank', 'runs/a.ts', `export { b } from '../chat/b.ts';`, 'not below runs'],
    ['another domain’s SQL', 'runs/a.ts', `import { b } from '../memory/sql/b.ts';`, 'private to memory'],
    [
      'another domain’s step, lazily',
      'runs/a.ts',
      `const b = await import('../memory/steps/b.ts');`,
      'private to memory',
    ],
    ['a deployed function of the same domain', 'runs/a.ts', `import './endpoints/b.ts';`, 'a deployed function'],
    ['a test’s file', 'runs/a.ts', `import { b } from '../../test/support/b.ts';`, 'outside functions/'],
    ['no extension', 'runs/a.ts', `import { b } from './b';`, 'without its extension'],
    ['a barrel', 'runs/index.ts', '', 'barrel'],
    ['a name without a subject', 'runs/utils.ts', '', 'names no subject'],
    ['an unknown domain', 'stuff/a.ts', '', 'no rank'],
    ['the environment', 'runs/a.ts', 'const port = process.env.PORT;', 'process.env'],
    ['a long file', 'runs/a.ts', '\n'.repeat(251), '251 lines'],
    ['an unfinished file', 'runs/a.ts', '// TO'.concat('DO: later'), 'unfinished'],
  ])('reject %s', (_name, path, text, fault) => {
    expect(faultsOf(file(path, text)).join()).toContain(fault);
  });

  it('accept allowed imports', () => {
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
