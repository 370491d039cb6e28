import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commentText } from './comments.ts';
import {
  fullFolders,
  importCircles,
  internalReferences,
  malePronouns,
  type RepositoryFile,
  readmeFaults,
  smallSingleImports,
  untestedFunctions,
  wideComments,
} from './house-rules.ts';

const ROOT = join(import.meta.dirname, '../..');
const files: RepositoryFile[] = ['functions', 'scripts', 'test', 'migrations']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter((path) => /\.(ts|sql|sh)$|(README|DECISIONS)\.md$/.test(path))
  .filter((path) => !/node_modules|\.generated\.|^migrations\/schema\.sql$/.test(path))
  .sort()
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
const documents = ['README.md', 'infra/README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  .filter((path) => existsSync(join(ROOT, path)))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
const scripts = files.filter(({ path }) => path.endsWith('.ts'));
// The rules' own examples break the rules.
const judged = [...files, ...documents].filter(({ path }) => !path.startsWith('test/architecture/'));

const VALUES_OF_HTTP = /^import (?!type )[^;]*from '(?:node:)?http';/m;

describe('the repository', () => {
  it('is read', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(files.filter(({ path, text }) => commentText(path, text) !== '').length).toBeGreaterThan(400);
  });

  it('wraps comment lines at 120 columns', () => {
    expect(files.filter(({ path }) => !path.endsWith('.md')).flatMap(wideComments)).toEqual([]);
  });

  it('calls no person he', () => {
    expect(judged.flatMap(malePronouns)).toEqual([]);
  });

  it('refers to no document that is not in it', () => {
    expect(judged.flatMap(internalReferences)).toEqual([]);
  });

  it('has no import circle, types included', () => {
    expect(importCircles(scripts)).toEqual([]);
  });

  it('has no folder in functions/ with more than 25 TypeScript files, or 45 endpoints', () => {
    expect(fullFolders(scripts.map(({ path }) => path).filter((path) => path.startsWith('functions/')))).toEqual([]);
  });

  it('imports only types from node:http, whose values load undici; see platform/http/node-http.ts', () => {
    const importers = scripts.filter(({ path, text }) => path.startsWith('functions/') && VALUES_OF_HTTP.test(text));
    expect(importers.map(({ path }) => path)).toEqual([]);
  });

  it('has no small file with one importer', () => {
    expect(smallSingleImports(scripts.filter(({ path }) => !path.startsWith('test/')))).toEqual([]);
  });

  it('has a README of at most 80 lines for each domain', () => {
    const domains = readdirSync(join(ROOT, 'functions'));
    const readmeOf = (domain: string) => files.find(({ path }) => path === `functions/${domain}/README.md`)?.text;
    expect(domains.flatMap((domain) => readmeFaults(domain, readmeOf(domain)))).toEqual([]);
  });

  it('has a test file for each deployed function', () => {
    expect(untestedFunctions(files.map(({ path }) => path))).toEqual([]);
  });
});

describe('the rules', () => {
  const file = (path: string, ...lines: string[]): RepositoryFile => ({ path, text: `${lines.join('\n')}\n` });
  const wide = 'word '.repeat(30);

  it.each([
    ['a line comment', file('a.ts', `// ${wide}`)],
    ['a block comment', file('a.ts', '/**', ` * ${wide}`, ' */')],
    ['a comment beside code', file('a.ts', `const a = 1; // ${wide}`)],
    ['a comment after a template', file('a.ts', `const a = \`\${[1, 2].map((b) => \`\${b}'\`)}\`; // ${wide}`)],
    ['a comment after a regular expression', file('a.ts', `const a = /['"\`/*]/; // ${wide}`)],
    ['a comment of SQL', file('a.sql', `select 'a--b'; -- ${wide}`)],
    ['a comment of a shell script', file('a.sh', `echo a # ${wide}`)],
  ])('find %s that is wider than 120 columns', (_what, broken) => {
    expect(wideComments(broken)).toHaveLength(1);
  });

  it.each([
    ['a comment of 120 columns', file('a.ts', `// ${'x'.repeat(117)}`)],
    ['a string', file('a.ts', `const a = '// ${wide}';`)],
    ['a template', file('a.ts', 'const a = `', `// ${wide}`, `\${a} // ${wide}`, '`;')],
    ['a regular expression', file('a.ts', `const a = b.match(/\\/\\/ ${wide}/);`)],
    ['a literal of SQL', file('a.sql', `select '-- ${wide}';`)],
    ['a parameter of a shell script', file('a.sh', `echo \${#a} a#${wide}`)],
  ])('do not mistake %s for a wide comment', (_what, good) => {
    expect(wideComments(good)).toEqual([]);
  });

  it('find he, his, him and himself in comments and documents only', () => {
    expect(malePronouns(file('a.ts', '// The user and his tenant.'))).toHaveLength(1);
    expect(malePronouns(file('a.ts', '/** Whoever asks', ' * gets what he owns. */'))).toHaveLength(1);
    expect(malePronouns(file('functions/a/README.md', 'He signs himself in.'))).toHaveLength(1);
    expect(malePronouns(file('a.sql', '-- for him'))).toHaveLength(1);
    expect(malePronouns(file('a.ts', `const text = 'he said'; // This is the history of the user.`))).toEqual([]);
  });

  it('find references to documents that are not in the repository', () => {
    for (const text of ['attack 12', 'Attacks 1, 2', 'research A5', 'engine.md', 'see ../shared/design', 'attacks.md'])
      expect(internalReferences(file('a.ts', `// (${text})`)), text).toHaveLength(1);
    expect(internalReferences(file('a.ts', '// attacks of 3 kinds, search-engine.md5, /dev/shared/x'))).toEqual([]);
  });

  it('find import circles, of types and of several files', () => {
    const one = file('functions/a/one.ts', `import type { Two } from './two.ts';`);
    const two = file('functions/a/two.ts', `export { three } from '../b/three.ts';`);
    const three = file('functions/b/three.ts', `const one = await import('../a/one.ts');`);
    expect(importCircles([one, two, three])).toEqual([[one.path, two.path, three.path]]);
    expect(importCircles([one, two])).toEqual([]);
    expect(importCircles([file('a.ts', `import './a.ts';`)])).toEqual([['a.ts']]);
  });

  it('find folders with more than 25 files', () => {
    const folder = (count: number, name = 'functions/a') =>
      Array.from({ length: count }, (_, index) => `${name}/${index}.ts`);
    expect(fullFolders([...folder(26), 'functions/a/b/c.ts'])).toEqual(['functions/a has 26 files']);
    expect(fullFolders(folder(25))).toEqual([]);
    expect(fullFolders(folder(45, 'functions/a/endpoints'))).toEqual([]);
    expect(fullFolders(folder(46, 'functions/a/endpoints'))).toEqual(['functions/a/endpoints has 46 files']);
  });

  it('find small files with one importer', () => {
    const small = file('functions/a/small.ts', 'export function small() {}');
    const importer = (path: string, target = './small.ts') => file(path, `import { small } from '${target}';`);
    expect(smallSingleImports([small, importer('functions/a/b.ts')])).toHaveLength(1);
    expect(smallSingleImports([small, importer('functions/a/b.ts'), importer('functions/a/c.ts')])).toEqual([]);
    const long = { ...small, text: small.text + '\n'.repeat(30) };
    const data = { ...small, text: 'export const small = { a: 1 };\n' };
    for (const other of [long, data]) expect(smallSingleImports([other, importer('functions/a/b.ts')])).toEqual([]);
    expect(smallSingleImports([small, file('functions/a/b.ts', `await import('./small.ts');`)])).toEqual([]);
    expect(smallSingleImports([small, importer('functions/b/b.ts', '../a/small.ts')])).toEqual([]);
    const tool = { ...small, path: 'functions/runs/tools/small.ts' };
    expect(smallSingleImports([tool, importer('functions/runs/b.ts', './tools/small.ts')])).toEqual([]);
  });

  it('find a README that is missing or longer than 80 lines', () => {
    expect(readmeFaults('a', undefined)).toHaveLength(1);
    expect(readmeFaults('a', '\n'.repeat(81))).toHaveLength(1);
    expect(readmeFaults('a', '\n'.repeat(80))).toEqual([]);
  });

  it('find a deployed function without a test file', () => {
    const deployed = 'functions/runs/steps/take-turn.ts';
    expect(untestedFunctions([deployed, 'test/runs/take-turn.test.ts'])).toHaveLength(1);
    for (const suffix of ['test', 'unit.test', 'server.test', 'long.test'])
      expect(untestedFunctions([deployed, `test/runs/steps/take-turn.${suffix}.ts`])).toEqual([]);
    expect(untestedFunctions(['functions/runs/run.ts'])).toEqual([]);
  });
});
