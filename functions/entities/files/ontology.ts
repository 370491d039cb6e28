import { z } from 'zod';
import { parseEntity } from './entity-file.ts';

/** What kinds of entity a repository has, and in which folders they live. */
export const Ontology = z.enum(['personal', 'corporate']);
export type Ontology = z.infer<typeof Ontology>;

interface Kind {
  folder: string;
  /** Words for the kind that people and models write in `type:` in its place. */
  also: readonly string[];
}

/** Kinds by ontology. The first is the people's, the second the one for what fits nowhere else. */
const KINDS: Record<Ontology, Record<string, Kind>> = {
  personal: {
    person: { folder: 'memories/people', also: ['people', 'human', 'friend', 'relative', 'contact'] },
    context: {
      folder: 'memories/contexts',
      also: ['project', 'place', 'location', 'company', 'organization', 'organisation', 'concept', 'topic', 'thing'],
    },
    event: { folder: 'memories/events', also: ['meeting', 'trip', 'milestone', 'occasion'] },
  },
  corporate: {
    person: { folder: 'entities/people', also: ['people', 'human', 'employee', 'colleague', 'member'] },
    project: { folder: 'entities/projects', also: ['initiative', 'product', 'workstream', 'context', 'team'] },
    external: {
      folder: 'entities/external',
      also: ['company', 'customer', 'client', 'vendor', 'supplier', 'partner', 'organization', 'organisation'],
    },
    decision: { folder: 'entities/decisions', also: ['adr', 'resolution'] },
  },
};

/** The file about the person whose repository it is. */
export const PROFILE = 'profile.md';

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
  const isFolder = kindOfFolder(path.slice(0, slash)) !== undefined;
  return isFolder && path.endsWith('.md') && SLUG.test(path.slice(slash + 1, -'.md'.length));
}

/** The folders of every ontology. */
export function entityFolders(): string[] {
  return Object.values(KINDS).flatMap((kinds) => Object.values(kinds).map(({ folder }) => folder));
}

export function kindsOf(ontology: Ontology): string[] {
  return Object.keys(KINDS[ontology]);
}

/** The kind whose folder a path lies in, and the ontology that has it; undefined for the profile and what is no entity. */
export function kindOfPath(path: string): { ontology: Ontology; kind: string } | undefined {
  return kindOfFolder(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
}

function kindOfFolder(folder: string): { ontology: Ontology; kind: string } | undefined {
  for (const ontology of Ontology.options) {
    for (const [kind, place] of Object.entries(KINDS[ontology])) if (place.folder === folder) return { ontology, kind };
  }
  return undefined;
}

/** The kind that a `type:` means, by its own name or another word for it, in the plural as well; undefined for a word that the ontology does not know. */
export function kindOfType(ontology: Ontology, type: string): string | undefined {
  const word = type.trim().toLowerCase();
  for (const [kind, { also }] of Object.entries(KINDS[ontology])) {
    if ([kind, ...also].some((known) => word === known || word === `${known}s`)) return kind;
  }
  return undefined;
}

/** What a file is about: the kind that its `type:` means in the ontology of its folder, else the word itself; the folder's kind where it says none. */
export function typeOfFile(path: string, source: string): string {
  const { type } = parseEntity(source).frontmatter;
  const place = kindOfPath(path);
  if (place === undefined || type === undefined) return place?.kind ?? type ?? 'unknown';
  return kindOfType(place.ontology, type) ?? type.toLowerCase();
}

/** Where an entity of this kind and name lives. A kind that the ontology does not know goes to its second folder; undefined for a name without a letter. */
export function pathOfEntity(ontology: Ontology, kind: string, name: string): string | undefined {
  const kinds = KINDS[ontology];
  const folder = kinds[kind]?.folder ?? Object.values(kinds)[1]?.folder;
  const slug = asciiSlug(name);
  return slug === '' || folder === undefined ? undefined : `${folder}/${slug}.md`;
}

/** Letters with marks lose them; what has no letter of this alphabet is written by its code points. */
export function asciiSlug(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const spelled = plain.replaceAll(/[^\p{ASCII}]/gu, (sign) =>
    /\p{L}|\p{N}/u.test(sign) ? `u${sign.codePointAt(0)?.toString(16)}` : ' ',
  );
  return (spelled.match(/[a-z0-9]+/g) ?? []).join('_').slice(0, 60);
}
