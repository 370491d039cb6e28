import { z } from 'zod';
import { parseEntity } from './entity-file.ts';
import { fieldOf } from './frontmatter.ts';
import { kindOfPath, kindOfType, kindsOf, type Ontology, PROFILE } from './ontology.ts';
import { statusesOf, statusOf } from './status.ts';

/**
 * A deviation of an entity file from the ontology of its repository. It is reported only; no file is rejected for it.
 */
export const Nonconformance = z.strictObject({
  path: z.string(),
  fault: z.enum([
    'type_missing',
    'type_unknown',
    'type_elsewhere',
    'folder_elsewhere',
    'status_unknown',
    'status_unusual',
  ]),
  found: z.string().nullable(),
  expected: z.array(z.string()).meta({ description: 'Values that conform' }),
});
export type Nonconformance = z.infer<typeof Nonconformance>;

/**
 * Returns the deviations of a file: its folder, its `type:` against the folder, its `status:` against the type. The
 * profile has no kind, so it has none.
 */
export function nonconformanceOf(ontology: Ontology, path: string, source: string): Nonconformance[] {
  const place = kindOfPath(path);
  if (path === PROFILE || place === undefined) return [];
  const faults: Nonconformance[] = [];
  const add = (fault: Nonconformance['fault'], found: string | null, expected: string[]) =>
    faults.push({ path, fault, found, expected });
  if (place.ontology !== ontology) add('folder_elsewhere', path.slice(0, path.lastIndexOf('/')), kindsOf(ontology));
  const type = parseEntity(source).frontmatter.type;
  const kind = kindOfType(place.ontology, type ?? '');
  if (type === undefined) add('type_missing', null, [place.kind]);
  else if (kind === undefined) add('type_unknown', type, [place.kind]);
  else if (kind !== place.kind) add('type_elsewhere', type, [place.kind]);
  const said = fieldOf(source, 'status');
  const status = said === undefined ? undefined : statusOf(place.ontology, place.kind, said);
  if (said !== undefined && status === undefined) add('status_unknown', said, statusesOf(place.ontology, place.kind));
  else if (status !== undefined && status !== said) add('status_unusual', said ?? null, [status]);
  return faults;
}
