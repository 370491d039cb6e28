import { dirname, join, normalize } from 'node:path';
import { commentLines, commentText } from './comments.ts';
import { codeOf } from './source-files.ts';

/** A file of the repository with its path from the root. */
export interface RepositoryFile {
  path: string;
  text: string;
}

const WIDEST_COMMENT = 120;
const MOST_FILES = 25;
/** An `endpoints/` folder is a registry with one file for each deployed function. */
const MOST_ENDPOINTS = 45;
const SMALL_FILE = 30;
const LONGEST_README = 80;
const domainOf = (path: string) => path.split('/')[1];
const DEPLOYED = /^functions\/([^/]+)\/(endpoints|sockets|steps|timers)\/([^/]+)\.ts$/;

/** Comment lines that are wider than 120 columns. */
export function wideComments({ path, text }: RepositoryFile): string[] {
  return commentLines(path, text)
    .filter((comment) => comment.text.length > WIDEST_COMMENT)
    .map((comment) => `${path}:${comment.line} has ${comment.text.length} columns`);
}

/** Comments and documents that use he, his, him or himself for a person. */
export function malePronouns({ path, text }: RepositoryFile): string[] {
  const words = path.endsWith('.md') ? text : commentText(path, text);
  return [...words.matchAll(/[^\n]{0,30}\b(?:he|his|him|himself)\b[^\n]{0,30}/gi)].map(
    ([found]) => `${path}: ${found}`,
  );
}

/** References to lists and documents that are not in the repository. */
export function internalReferences({ path, text }: RepositoryFile): string[] {
  const reference =
    /\battacks? \d+|\bresearch [A-Z]\d+|\b(?:engine|surface|performance|attacks)\.md\b|(?:\/work|\.\.)\/shared\//gi;
  return [...text.matchAll(reference)].map(([found]) => `${path}: ${found}`);
}

/** The imports of a file, types included: paths from the root, and whether the import is lazy. */
export function importsOf({ path, text }: RepositoryFile): { path: string; isLazy: boolean }[] {
  const found = codeOf(text).matchAll(/(?:\bfrom\s*|\bimport\s*(\()?\s*)(['"])(\.[^'"\n]+)\2/g);
  return [...found].map(([, lazy, , specifier = '']) => ({
    path: normalize(join(dirname(path), specifier)),
    isLazy: lazy !== undefined,
  }));
}

/** Groups of files that import each other, types included (Tarjan's strongly connected components). */
export function importCircles(files: readonly RepositoryFile[]): string[][] {
  const edges = new Map(files.map((file) => [file.path, importsOf(file).map((target) => target.path)]));
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (path: string): number => {
    const number = order.size;
    order.set(path, number);
    open.push(path);
    let low = number;
    for (const target of edges.get(path) ?? []) {
      if (!edges.has(target)) continue;
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, order.get(target) ?? low);
    }
    if (low < number) return low;
    const group = open.splice(open.indexOf(path));
    if (group.length > 1 || edges.get(path)?.includes(path)) circles.push(group.sort());
    return low;
  };
  for (const path of edges.keys()) if (!order.has(path)) visit(path);
  return circles;
}

/** Folders with more TypeScript files than a reader can survey. */
export function fullFolders(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  const most = (folder: string) => (folder.endsWith('/endpoints') ? MOST_ENDPOINTS : MOST_FILES);
  return [...counts]
    .filter(([folder, count]) => count > most(folder))
    .map(([folder, count]) => `${folder} has ${count} files`);
}

/**
 * Small files of `functions/` with exactly one importer, which should be merged into it. Statements, deployed
 * functions, tools, pure data, lazily loaded files and files with an importer in another domain are exempt.
 */
export function smallSingleImports(files: readonly RepositoryFile[]): string[] {
  const importers = new Map<string, { importer: string; isLazy: boolean }[]>();
  for (const file of files)
    for (const { path, isLazy } of importsOf(file))
      importers.set(path, [...(importers.get(path) ?? []), { importer: file.path, isLazy }]);
  return files.flatMap((file) => {
    const imports = importers.get(file.path) ?? [];
    const [only, second] = imports;
    if (only === undefined || second !== undefined || only.isLazy || isExempt(file)) return [];
    if (domainOf(only.importer) !== domainOf(file.path)) return [];
    return [`${file.path} is small and only ${only.importer} imports it`];
  });
}

function isExempt({ path, text }: RepositoryFile): boolean {
  const isData = !/\bfunction\b|=>|\bclass\b/.test(codeOf(text));
  // Only sql/ knows tables, so a statement cannot move to its importer.
  const isStatement = path.includes('/sql/');
  const isTool = /^functions\/[^/]+\/(?:.+\/)?tools?\//.test(path) || path.startsWith('functions/tools/');
  const isSmall = text.split('\n').length - 1 <= SMALL_FILE;
  return !path.startsWith('functions/') || !isSmall || DEPLOYED.test(path) || isTool || isStatement || isData;
}

/** Domains whose README is missing or too long. */
export function readmeFaults(domain: string, readme: string | undefined): string[] {
  if (readme === undefined) return [`functions/${domain} has no README.md`];
  const lines = readme.split('\n').length - 1;
  return lines > LONGEST_README ? [`functions/${domain}/README.md has ${lines} lines`] : [];
}

/** Deployed functions without a test file at the same place in `test/`. */
export function untestedFunctions(paths: readonly string[]): string[] {
  const tests = new Set(paths.map((path) => path.replace(/\.(?:unit\.|server\.|long\.)?test\.ts$/, '')));
  return paths.flatMap((path) => {
    const [, domain, kind, name] = DEPLOYED.exec(path) ?? [];
    const test = `test/${domain}/${kind}/${name}`;
    return name === undefined || tests.has(test) ? [] : [`${path} has no ${test}.test.ts`];
  });
}
