import { codeOf, type SourceFile } from './source-files.ts';

/** Domains by rank. A domain may import domains of lower ranks only (earlier in this list). */
export const RANKS: readonly (readonly string[])[] = [
  ['platform'],
  ['identity', 'usage', 'system'],
  ['tools', 'documents'],
  ['entities'],
  ['memory'],
  ['village'],
  ['runs'],
  ['agents'],
  ['chat', 'music'],
  ['jobs', 'inbox', 'evaluations', 'realtime', 'imports'],
];

/** Files that other domains may not import: deployed functions and SQL. */
const PRIVATE = /^[^/]+\/(endpoints|sockets|steps|timers|sql)\//;
const DEPLOYED = /^[^/]+\/(endpoints|sockets|steps|timers)\//;
const LONGEST_FILE = 250;

export function rankOf(domain: string): number {
  return RANKS.findIndex((rank) => rank.includes(domain));
}

/** Returns a sentence for each rule that a file breaks. */
export function faultsOf(file: SourceFile): string[] {
  return [...importFaults(file), ...nameFaults(file), ...textFaults(file)].map((fault) => `${file.path}: ${fault}`);
}

function importFaults({ path, domain, imports }: SourceFile): string[] {
  return imports.flatMap(({ specifier, path: target }) => {
    if (target === undefined)
      return specifier.startsWith('.') && !/^(\.\.\/)+migrations\//.test(specifier)
        ? [`imports ${specifier} from outside functions/`]
        : [];
    const other = target.split('/')[0] ?? '';
    const faults: string[] = [];
    if (!target.endsWith('.ts')) faults.push(`imports ${specifier} without its extension`);
    if (other !== domain && rankOf(other) >= rankOf(domain))
      faults.push(`imports ${target}, which is not below ${domain}`);
    if (other !== domain && PRIVATE.test(target)) faults.push(`imports ${target}, which is private to ${other}`);
    // Importing a deployed function would load it in another function's service.
    if (other === domain && DEPLOYED.test(target) && target !== path)
      faults.push(`imports ${target}, a deployed function`);
    return faults;
  });
}

function nameFaults({ path, domain }: SourceFile): string[] {
  const name = path.split('/').at(-1) ?? '';
  const faults: string[] = [];
  if (rankOf(domain) < 0) faults.push(`the domain ${domain} has no rank`);
  if (name === 'index.ts') faults.push('a barrel loads the whole domain at every cold start');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name)) faults.push('a file is named in lower-case words with dashes');
  if (/(^|\/)(utils?|helpers?|common|misc|services?|shared|lib)(\.ts|\/)/.test(path))
    faults.push('the name names no subject');
  if (DEPLOYED.test(path) && path.split('/').length !== 3) faults.push('deployed functions have no subfolders');
  if (DEPLOYED.test(path) && domain === 'platform') faults.push('the platform deploys nothing');
  return faults;
}

function textFaults({ path, text }: SourceFile): string[] {
  const faults: string[] = [];
  const lines = text.split('\n').length - 1;
  if (lines > LONGEST_FILE) faults.push(`${lines} lines; ${LONGEST_FILE} at most`);
  if (/process\.env\b/.test(codeOf(text)) && path !== 'platform/environment.ts')
    faults.push('reads process.env; platform/environment.ts does');
  if (/@ts-(ignore|expect-error|nocheck)/.test(text)) faults.push('suppresses errors of the compiler');
  if (/\b(TODO|FIXME|XXX)\b/.test(text)) faults.push('is unfinished');
  return faults;
}
