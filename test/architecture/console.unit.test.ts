import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The rules of the console's code in web/: what may import what, and which words of code are forbidden. */

const ROOT = join(import.meta.dirname, '../../web');
const LONGEST_FILE = 250;
const COMMENT_LINE = /^\s*(?:\/\/|\/?\*|<!--)/;

interface WebFile {
  path: string;
  text: string;
}

const files: WebFile[] = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(vue|ts|css|html)$/.test(path) && !/^dist\/|node_modules|\.generated\./.test(path))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** The layers from below: a file imports its own layer and those before it. Rooms import no other room. */
const LAYERS = ['style', 'text', 'api', 'parts', 'app', 'rooms'];
/** What rooms and parts may know of `app/`: types and the preferences, never the shell or the routes. */
const OPEN_IN_APP = ['app/room.ts', 'app/preferences.ts', 'app/shell/icon.svg'];

function faultsOf({ path, text }: WebFile): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->/g, '');
  const faults = importsOf(path, text).flatMap((target) => importFaults(path, target));
  const name = path.split('/').at(-1) ?? '';
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.generated\.d|\.worker|\.config)?\.(vue|ts|css|html)$/.test(name)) {
    faults.push('a file is named in lower-case words with dashes');
  }
  if (!path.startsWith('text/') && text.split('\n').length - 1 > LONGEST_FILE)
    faults.push(`has more than ${LONGEST_FILE} lines`);
  if (/\bv-html\b|\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(/.test(code)) {
    faults.push('makes HTML or code from a string');
  }
  if (text.split('\n').some((line) => line.length > 120 && COMMENT_LINE.test(line))) faults.push('has a wide comment');
  if (/\sstyle="/.test(text)) faults.push('has an inline style, which the Content-Security-Policy forbids');
  if (/@ts-(ignore|expect-error|nocheck)/.test(text)) faults.push('suppresses the types');
  if (/\b(TODO|FIXME|XXX)\b/.test(text)) faults.push('is unfinished');
  if (/localStorage|sessionStorage/.test(text) && /access_?token|refresh_?token/i.test(text)) {
    faults.push('may keep a token in the browser');
  }
  return faults.map((fault) => `${path}: ${fault}`);
}

function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(/(?:from|import|import\()\s*['"](\.[^'"]+)['"]/g)].map(([, target = '']) =>
    relative(ROOT, join(ROOT, dirname(path), target.replace(/\?.*/, ''))),
  );
}

function importFaults(path: string, target: string): string[] {
  const [layer = '', room] = path.split('/');
  const [targetLayer = '', targetRoom] = target.split('/');
  if (!LAYERS.includes(layer) || !LAYERS.includes(targetLayer)) return [];
  if (layer === 'rooms' && targetLayer === 'rooms')
    return room === targetRoom ? [] : [`imports ${target} of another room`];
  if (layer !== 'app' && targetLayer === 'app')
    return OPEN_IN_APP.includes(target) ? [] : [`imports ${target}, which is the shell's own`];
  return LAYERS.indexOf(targetLayer) <= LAYERS.indexOf(layer) ? [] : [`imports ${target}, which is above ${layer}/`];
}

describe('web/', () => {
  it('is read', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(files.some(({ path }) => path === 'rooms/sign-in/sign-in.vue')).toBe(true);
  });

  it('follows the rules', () => {
    expect(files.flatMap(faultsOf)).toEqual([]);
  });

  it('imports no file that is missing', () => {
    const missing = files.flatMap(({ path, text }) =>
      importsOf(path, text).filter((target) => !target.includes('*') && !existsSync(join(ROOT, target))),
    );
    expect(missing).toEqual([]);
  });

  it('makes the trusted types undefined before anything else is loaded', () => {
    const main = files.find(({ path }) => path === 'app/main.ts')?.text ?? '';
    expect(main.startsWith("import './no-html.ts';")).toBe(true);
  });

  it('names no address of another host that a browser would open by itself', () => {
    const foreign = files.filter(({ text }) => /(?:src|href|action|url\()\s*=?\s*["'(]?https?:\/\//.test(text));
    expect(foreign.map(({ path }) => path)).toEqual([]);
  });

  it('has no built file in git', () => {
    expect(execFileSync('git', ['ls-files', 'web/dist'], { cwd: join(ROOT, '..'), encoding: 'utf8' })).toBe('');
  });
});

describe('the rules', () => {
  it.each([
    ['another room', 'rooms/a/a.vue', "import B from '../b/b.vue';", 'of another room'],
    ['the shell', 'rooms/a/a.vue', "import { rooms } from '../../app/routes.ts';", "the shell's own"],
    ['a layer above', 'parts/a.vue', "import A from '../rooms/a/a.vue';", 'above parts/'],
    ['a HTML string', 'parts/a.vue', '<p v-html="text"></p>', 'makes HTML'],
    ['an inline style', 'parts/a.vue', '<p style="color: red"></p>', 'inline style'],
    ['a name in capitals', 'parts/Button.vue', '', 'lower-case'],
    ['a wide comment', 'parts/a.ts', `/** ${'word '.repeat(24)} */`, 'wide comment'],
    ['a long file', 'parts/a.ts', '\n'.repeat(251), 'more than 250'],
  ])('find %s', (_, path, text, fault) => {
    expect(faultsOf({ path, text }).join()).toContain(fault);
  });

  it('accept allowed imports', () => {
    const text = "import Page from '../../parts/page.vue';\nimport type { Room } from '../../app/room.ts';";
    expect(faultsOf({ path: 'rooms/a/room.ts', text })).toEqual([]);
  });
});
