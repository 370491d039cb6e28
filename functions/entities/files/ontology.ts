import { z } from 'zod';
import { pathFault } from '../../platform/portable-path.ts';
import { parseEntity } from './entity-file.ts';

/** Defines the kinds of entities in a repository, and their folders. */
export const Ontology = z.enum(['personal', 'corporate']);
export type Ontology = z.infer<typeof Ontology>;

interface Kind {
  folder: string;
  /** Other words for the kind that users and models write in `type:`. */
  also: readonly string[];
}

/** Kinds by ontology. The first kind is for people, the second for entities of an unknown kind. */
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

/** The file about the user whose repository it is. */
export const PROFILE = 'profile.md';

/** The name of a new file without extension, in lower case. Files that people write may have any portable name. */
const SLUG = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const LONGEST_ENTITY_PATH = 200;

/**
 * The path of an entity file: the profile, or a file in a folder of any ontology, since the ontology of a repository
 * can change.
 */
export const EntityPath = z
  .string()
  .max(LONGEST_ENTITY_PATH)
  .refine(isEntityPath, 'must be the path of an entity, such as memories/people/maya.md')
  .meta({ description: 'Path of an entity file, such as memories/people/maya.md' });

/** The path of an entity file that does not exist yet. */
export const NewEntityPath = EntityPath.refine(
  (path) => SLUG.test(stemOfPath(path)),
  'the name of a new file must be small letters, digits, - and _, such as maya.md',
);

export function isEntityPath(path: string): boolean {
  if (path === PROFILE) return true;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (kindOfPath(path) === undefined || !name.endsWith('.md') || name.startsWith('.')) return false;
  return path.length <= LONGEST_ENTITY_PATH && pathFault(path) === undefined;
}

/** Returns the file name of a path without its extension. */
export function stemOfPath(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
}

/** Returns the folders of all ontologies. */
export function entityFolders(): string[] {
  return Object.values(KINDS).flatMap((kinds) => Object.values(kinds).map(({ folder }) => folder));
}

export function kindsOf(ontology: Ontology): string[] {
  return Object.keys(KINDS[ontology]);
}

/**
 * Returns the kind of the folder that contains a path, and its ontology; undefined for the profile and for other files.
 */
export function kindOfPath(path: string): { ontology: Ontology; kind: string } | undefined {
  return kindOfFolder(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
}

function kindOfFolder(folder: string): { ontology: Ontology; kind: string } | undefined {
  for (const ontology of Ontology.options) {
    for (const [kind, place] of Object.entries(KINDS[ontology])) if (place.folder === folder) return { ontology, kind };
  }
  return undefined;
}

/**
 * Returns the kind that a `type:` means, by its name or another word for it, singular or plural; undefined for an
 * unknown word.
 */
export function kindOfType(ontology: Ontology, type: string): string | undefined {
  const word = type.trim().toLowerCase();
  for (const [kind, { also }] of Object.entries(KINDS[ontology])) {
    if ([kind, ...also].some((known) => word === known || word === `${known}s`)) return kind;
  }
  return undefined;
}

/**
 * Returns the type of a file: the kind that its `type:` means in the ontology of its folder, or the word itself if
 * unknown; the folder's kind without `type:`.
 */
export function typeOfFile(path: string, source: string): string {
  const { type } = parseEntity(source).frontmatter;
  const place = kindOfPath(path);
  if (place === undefined || type === undefined) return place?.kind ?? type ?? 'unknown';
  return kindOfType(place.ontology, type) ?? type.toLowerCase();
}

/** Returns the folder of a kind. An unknown kind has the second folder. */
export function folderOfKind(ontology: Ontology, kind: string): string {
  const kinds = KINDS[ontology];
  return (kinds[kind] ?? Object.values(kinds)[1])?.folder ?? '';
}
