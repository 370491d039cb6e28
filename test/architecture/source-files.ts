import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** A file of `functions/`. */
export interface SourceFile {
  /** Relative to `functions/`: `runs/sql/run.ts`. */
  path: string;
  domain: string;
  text: string;
  imports: SourceImport[];
}

export interface SourceImport {
  specifier: string;
  /** The imported file relative to `functions/`, or undefined for a package or another file. */
  path: string | undefined;
}

/** Returns all TypeScript files of `functions/`. */
export function sourceFiles(): SourceFile[] {
  const root = join(ROOT, 'functions');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, domain: path.split('/')[0] ?? '', text, imports: importsOf(path, text) };
    });
}

/** Returns the imports of a file: `import … from`, `export … from`, `import '…'` and `import('…')`, types included. */
export function importsOf(path: string, text: string): SourceImport[] {
  const found = codeOf(text).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g);
  return [...found].map(([, , specifier = '']) => ({ specifier, path: resolved(path, specifier) }));
}

/**
 * Returns the text without comments and without multi-line template literals, which contain files of a scripted team.
 */
export function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/`(?:\\[\s\S]|[^`\\])*`/g, (literal) =>
      literal.includes('\n') && !/(?<!\\)\$\{/.test(literal) ? '``' : literal,
    );
}

function resolved(importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = relative('functions', join('functions', dirname(importer), specifier));
  return path.startsWith('..') ? undefined : path;
}
