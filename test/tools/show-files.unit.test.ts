import { expect, test } from 'vitest';
import { showFiles } from '../../functions/tools/show-files.ts';

test('lists every file, those that may run code first', () => {
  const docs = Array.from({ length: 330 }, (_, index) => `!docs/${index}.md`);
  const files = [...docs, '.github/workflows/evil.yml', 'src/app.ts'].map((path) => ({ path, status: 'A' }));
  const lines = showFiles(files).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    'Files that may run code (1), look at these first:',
    'A .github/workflows/evil.yml',
    'Other files (331):',
    'A !docs/0.md',
  ]);
  expect(lines).toHaveLength(334);
});

test.each([
  '.github/actions/x/action.yml',
  '.GitHub/Workflows/Evil.yml',
  '.gitlab-ci.yml',
  '.husky/pre-commit',
  'hooks/post-checkout',
  '.gitattributes',
  '.gitmodules',
  '.npmrc',
  '.vscode/tasks.json',
  'web/package.json',
  'Makefile',
  'docker/Dockerfile.dev',
  'tools/install.sh',
  'run.PS1',
  'lib/native.node',
  'scripts/release.py',
  'Jenkinsfile',
])('%s may run code', (path) => {
  expect(showFiles([{ path: 'a.md' }, { path }]).split('\n')[1]).toBe(path);
});

test('an executable file may run code, and a list without such files has no headings', () => {
  expect(showFiles([{ path: 'a.md' }, { path: 'b', mode: 'executable' }]).split('\n')[1]).toBe('b (executable)');
  expect(showFiles([{ path: 'src/hooks/use-it.ts' }, { path: 'a\n.sh.md', status: 'M' }])).toBe(
    'src/hooks/use-it.ts\nM a\\n.sh.md',
  );
});
