import { describe, expect, it } from 'vitest';
import { firstFile } from '../../../../web/rooms/runs/run/file-tree.ts';
import { addressName } from '../../../../web/rooms/runs/run/lanes.ts';
import { nodeName } from '../../../../web/text/node-name.ts';

describe('the name of a worker', () => {
  it('is the node, with the worker when that is another name', () => {
    expect(nodeName('backend', 'backend')).toBe('backend');
    expect(nodeName('T001', 'coder')).toBe('T001 · coder');
    expect(nodeName('plan', undefined)).toBe('plan');
    expect(nodeName('T\n1', 'co\u202eder')).toBe('T\\n1 · co\\u202eder');
  });

  it('is the worker in messages when several nodes have it', () => {
    const nodes = [
      { id: 'plan', worker: 'chef' },
      { id: 'backend', worker: 'backend' },
      { id: 'T1', worker: 'coder' },
      { id: 'summary', worker: 'chef' },
    ];
    expect(['chef', 'backend', 'coder', 'nobody'].map((name) => addressName(name, nodes))).toEqual([
      'chef',
      'backend',
      'T1 · coder',
      'nobody',
    ]);
  });
});

describe('the first file', () => {
  const first = (...paths: string[]) => firstFile(paths.map((path) => ({ path, size: 1 })));
  it('is what explains the rest, else the page, else the first of the tree', () => {
    expect(first('src/a.ts', 'index.html', 'README.md')).toBe('README.md');
    expect(first('api/README.md', 'src/a.ts', 'index.html')).toBe('index.html');
    expect(first('z.ts', 'src/a.ts')).toBe('src/a.ts');
    expect(first()).toBeUndefined();
  });
});
