import { z } from 'zod';

/** What kinds of entity a repository has, and in which folders they live. */
export const Ontology = z.enum(['personal', 'corporate']);
export type Ontology = z.infer<typeof Ontology>;

/** Folder by kind. The first kind is the people's, the second the one for what fits nowhere else. */
const FOLDERS: Record<Ontology, Record<string, string>> = {
  personal: { person: 'memories/people', context: 'memories/contexts', event: 'memories/events' },
  corporate: {
    person: 'entities/people',
    project: 'entities/projects',
    external: 'entities/external',
    decision: 'entities/decisions',
  },
};

/** The file about the person whose repository it is. */
export const PROFILE = 'profile.md';
export const INDEX = 'index.json';

/** One small-letter word of a path: safe on every file system, no dots, so no `.git` and no way out. */
const SLUG = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The path of an entity file: of the profile, or of any ontology, since a repository may have changed its own. */
export const EntityPath = z
  .string()
  .max(200)
  .refine(isEntityPath, 'must be the path of an entity, such as memories/people/maya.md')
  .meta({ description: 'Path of an entity file, such as memories/people/maya.md' });

export function isEntityPath(path: string): boolean {
  if (path === PROFILE) return true;
  const slash = path.lastIndexOf('/');
  const isFolder = Object.values(FOLDERS).some((folders) => Object.values(folders).includes(path.slice(0, slash)));
  return isFolder && path.endsWith('.md') && SLUG.test(path.slice(slash + 1, -'.md'.length));
}

/** The kind of the entities in the folder of a path: the first that has it. */
export function kindOf(path: string): string {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const all = Object.values(FOLDERS).flatMap((folders) => Object.entries(folders));
  return all.find(([, other]) => other === folder)?.[0] ?? 'unknown';
}

export function kindsOf(ontology: Ontology): string[] {
  return Object.keys(FOLDERS[ontology]);
}

/** Where an entity of this kind and name lives. A kind that the ontology does not know goes to its second folder; undefined for a name without a letter. */
export function pathOfEntity(ontology: Ontology, kind: string, name: string): string | undefined {
  const folders = FOLDERS[ontology];
  const folder = folders[kind] ?? Object.values(folders)[1];
  const slug = asciiSlug(name);
  return slug === '' || folder === undefined ? undefined : `${folder}/${slug}.md`;
}

/** Letters with marks lose them; what has no letter of this alphabet is written by its code points. */
function asciiSlug(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const spelled = plain.replaceAll(/[^\p{ASCII}]/gu, (sign) =>
    /\p{L}|\p{N}/u.test(sign) ? `u${sign.codePointAt(0)?.toString(16)}` : ' ',
  );
  return (spelled.match(/[a-z0-9]+/g) ?? []).join('_').slice(0, 60);
}
