import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { sourceFiles } from '../architecture/source-files.ts';

const FUNCTIONS = join(import.meta.dirname, '../../functions');

/** A regular expression of the product's code. */
export interface CodePattern {
  /** Relative to `functions/`. */
  file: string;
  line: number;
  pattern: RegExp;
}

/** A call of `RegExp` in the product's code. */
export interface BuiltPattern {
  file: string;
  line: number;
  code: string;
}

/** Returns every literal, and every place that builds a pattern. */
export function findPatterns(): { literals: CodePattern[]; built: BuiltPattern[] } {
  const literals: CodePattern[] = [];
  const built: BuiltPattern[] = [];
  for (const { path: file, text } of sourceFiles()) {
    const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
    eachNode(parseSync(file, text, { lang: 'ts' }).program, (node) => {
      const { type, start, end } = node;
      if (type === 'Literal' && node.regex)
        literals.push({ file, line: lineOf(start), pattern: new RegExp(node.regex.pattern, node.regex.flags) });
      if ((type === 'NewExpression' || type === 'CallExpression') && node.callee?.name === 'RegExp')
        built.push({ file, line: lineOf(start), code: text.slice(start, end) });
    });
  }
  return { literals, built };
}

interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  regex?: { pattern: string; flags: string };
  callee?: { name?: string };
}

function eachNode(value: unknown, visit: (node: SyntaxNode) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) visit(value);
  for (const child of Object.values(value)) eachNode(child, visit);
}

function isNode(value: object): value is SyntaxNode {
  return 'type' in value && typeof value.type === 'string' && 'start' in value && 'end' in value;
}

/** Reports each pattern that is built while a module is loaded, with the line of the product that builds it. */
const REPORT = `
  const Plain = RegExp;
  const found = [];
  globalThis.RegExp = new Proxy(Plain, {
    construct(target, [source, flags]) {
      const pattern = new target(source, flags);
      const frame = new Error().stack.split('\\n').slice(2).find((line) => line.includes('/functions/'));
      const [, file, line] = /functions\\/(.+?\\.ts):(\\d+)/.exec(frame ?? '') ?? [];
      if (file !== undefined) found.push({ file, line: Number(line), source: pattern.source, flags: pattern.flags });
      return pattern;
    },
  });
  for (const file of process.argv.slice(1)) await import(file);
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
`;

/** Loads the modules in a process of their own, and returns the patterns that they build. */
export function buildPatterns(files: readonly string[]): CodePattern[] {
  const paths = files.map((file) => join(FUNCTIONS, file));
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', REPORT, ...paths], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const found: { file: string; line: number; source: string; flags: string }[] = JSON.parse(output);
  return found.map(({ file, line, source, flags }) => ({ file, line, pattern: new RegExp(source, flags) }));
}
