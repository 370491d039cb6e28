import { readFileSync } from 'node:fs';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { startServer } from '../../support/server.ts';
import type { BenchDatabase } from '../database.ts';
import { measureBeliefs } from './beliefs.ts';
import { measureCranfield, readCranfield } from './cranfield.ts';
import { measureLanguages } from './languages.ts';
import { readLocomo } from './locomo.ts';
import { measureLongMemEval, readLongMemEval } from './longmemeval.ts';
import { measureLocomo } from './measure-locomo.ts';
import type { MemoryReport } from './report.ts';
import { measureScale } from './scale.ts';
import { fileOf, type MemoryPart, type MemorySettings } from './settings.ts';
import { measureWayIn } from './way-in.ts';

/** Runs the requested measurements. Skips a measurement that has no data or no server, and prints that. */
export async function measureMemory(
  settings: MemorySettings,
  own: BenchDatabase | undefined,
): Promise<Omit<MemoryReport, 'machine'>> {
  const files = filesOf(settings);
  const server = await startServer();
  try {
    const database = await openDatabase();
    const { questions } = settings;
    return {
      ...(files.locomo ? { locomo: await measureLocomo(server, database, readLocomo(files.locomo), questions) } : {}),
      ...(files.longmemeval
        ? { longmemeval: await measureLongMemEval(server, readLongMemEval(files.longmemeval)) }
        : {}),
      ...(files.cranfield
        ? { cranfield: await measureCranfield(server, database, readCranfield(files.cranfield)) }
        : {}),
      ...(settings.parts.includes('beliefs') && settings.file === undefined
        ? { beliefs: await measureBeliefs(server) }
        : {}),
      ...(settings.parts.includes('languages') && settings.file === undefined
        ? { languages: await measureLanguages(server, database) }
        : {}),
      ...(wants('scale', settings, own) ? { scale: await measureScale(server, own, settings.facts) } : {}),
      // Last, because it sets a scripted model and embedder.
      ...(wants('way-in', settings, own) ? { way_in: await measureWayIn(server, own) } : {}),
    };
  } finally {
    await server.close();
    await closeDatabase();
  }
}

function filesOf({ parts, file, folder }: MemorySettings) {
  if (file !== undefined) {
    // The format of a file tells which data set it is; only that part runs.
    const isHaystack = readFileSync(file, 'utf8').includes('"haystack_sessions"');
    return isHaystack ? { longmemeval: file } : { locomo: file };
  }
  const wanted = (part: MemorySettings['parts'][number], ...path: string[]) =>
    parts.includes(part) ? fileOf(folder, ...path) : undefined;
  return {
    locomo: wanted('locomo', 'locomo', 'locomo-part.json'),
    longmemeval: wanted('longmemeval', 'longmemeval', 'longmemeval_s_3haystacks_26q.json'),
    cranfield: wanted('cranfield', 'cranfield'),
  };
}

/** Returns whether a part runs that needs a PostgreSQL server. */
function wants(
  part: MemoryPart,
  { parts, file }: MemorySettings,
  own: BenchDatabase | undefined,
): own is BenchDatabase {
  if (!parts.includes(part) || file !== undefined) return false;
  if (own === undefined)
    console.error(
      `Not measured: ${part}. Set DATABASE_URL to a PostgreSQL with pgvector; the bench makes a database of its own there.`,
    );
  return own !== undefined;
}
