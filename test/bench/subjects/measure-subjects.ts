import { callFor, fillSubject, untilIdle } from '../../isolation/subjects.ts';
import { asOwner } from '../../support/owner.ts';
import type { Answer, Person, TestServer } from '../../support/server.ts';
import { quantile } from '../figures.ts';
import { checksums, sizes } from './checksums.ts';
import { copySubject, markerOf, nameOf, rowIdOf, TEMPLATE_MARKER } from './copy-subject.ts';

export interface SubjectsSettings {
  subjects: number;
  /** Sessions that are sent, and searches that are asked, at once. */
  atOnce: number;
  /** Subjects that look for their neighbour's words. */
  walked: number;
  searches: number;
}

export interface SubjectsResult {
  subjects: number;
  /** What is wrong; empty when every promise holds. */
  faults: string[];
  figures: Record<string, number>;
}

/** Fills one application with many subjects, uses them at once, looks for leaks and erases one. */
export async function measureSubjects(server: TestServer, settings: SubjectsSettings): Promise<SubjectsResult> {
  const owner = await server.signUp('Application');
  const before = await databaseSize();
  const template = await fillSubject(server, owner, 'template', TEMPLATE_MARKER);
  await copySubject(template.rowId, settings.subjects);
  const bytes = (await databaseSize()) - before;
  const faults: string[] = [];
  const busy = await writeAndSearchAtOnce(server, owner, settings, faults);
  await walk(server, owner, settings, faults);
  const quiet = await timesOf(settings.searches, (n) =>
    search(server, owner, placeOf(n * 37, settings), `Where is the ${markerOf(placeOf(n * 37, settings))} tower?`),
  );
  const perSubject = await sizes();
  const erasing = await eraseOne(server, owner, settings, faults);
  return {
    subjects: settings.subjects,
    faults,
    figures: {
      ...busy,
      search_p50_ms: round(quantile(quiet, 0.5)),
      search_p95_ms: round(quantile(quiet, 0.95)),
      ...perSubject,
      bytes_on_disk_per_subject: Math.round(bytes / settings.subjects),
      ...erasing,
    },
  };
}

const placeOf = (n: number, { subjects }: SubjectsSettings) => 1 + (n % subjects);
const round = (value: number) => Math.round(value * 10) / 10;

async function databaseSize(): Promise<number> {
  const [row] = await asOwner('select pg_database_size(current_database())::float8 as bytes');
  return Number(row?.bytes);
}

function ask(
  server: TestServer,
  owner: Person,
  name: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  return callFor(
    server,
    { token: owner.token, userId: name },
    { method, path: `/api/v1${path}`, body: body && { ...body } },
  );
}

const search = (server: TestServer, owner: Person, n: number, query: string) =>
  ask(server, owner, nameOf(n), 'POST', '/memory/search', { query, k: 50 });

async function timesOf(count: number, work: (n: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const start = performance.now();
    await work(n);
    times.push(performance.now() - start);
  }
  return times;
}

/** Half of the sessions belong to new subjects, so that subjects are created at the same time too. */
async function writeAndSearchAtOnce(server: TestServer, owner: Person, settings: SubjectsSettings, faults: string[]) {
  const start = performance.now();
  const places = Array.from({ length: settings.atOnce }, (_, index) => index);
  const sessions = places.map(async (index) => {
    const name = index % 2 === 0 ? nameOf(placeOf(index, settings)) : `new-${index}`;
    const said = `The harbour${index} is closed on Sundays.`;
    const turns = [{ speaker: `speaker${index}`, text: said }];
    const sent = await ask(server, owner, name, 'POST', '/memory/process-and-commit?wait=50', {
      session_id: 'chat',
      turns,
    });
    if (sent.body.status !== 'committed')
      faults.push(`A session of ${name} answered ${sent.status}: ${JSON.stringify(sent.body)}`);
    const found = await ask(server, owner, name, 'POST', '/memory/search', {
      query: `When is the harbour${index} closed?`,
    });
    if (!JSON.stringify(found.body).includes(said))
      faults.push(`${name} does not find its session: ${JSON.stringify(found.body)}`);
  });
  const searches = Promise.all(
    places.map(async (index) => {
      const n = placeOf(index * 13, settings);
      const [time = 0] = await timesOf(1, () => search(server, owner, n, `Where is the ${markerOf(n)} tower?`));
      return time;
    }),
  );
  await Promise.all(sessions);
  const times = await searches;
  await untilIdle(owner.tenantId);
  return {
    at_once_seconds: round((performance.now() - start) / 1000),
    search_p95_ms_at_once: round(quantile(times, 0.95)),
  };
}

/** Each walked subject asks for its own words and its neighbour's in every read that returns words. */
async function walk(server: TestServer, owner: Person, settings: SubjectsSettings, faults: string[]) {
  const step = Math.max(1, Math.floor(settings.subjects / settings.walked));
  for (let n = 1; n <= settings.subjects; n += step) {
    const neighbour = markerOf(n === settings.subjects ? 1 : n + 1);
    const query = `Where is the ${neighbour} tower?`;
    const answers = await Promise.all([
      search(server, owner, n, query),
      ask(server, owner, nameOf(n), 'GET', '/memory'),
      ask(server, owner, nameOf(n), 'POST', '/memory/context', { conversation: query, depth: 'deep' }),
      ask(server, owner, nameOf(n), 'GET', '/memory/keys/one'),
      ask(server, owner, nameOf(n), 'GET', '/remme/staging'),
    ]);
    for (const { body, status } of answers) {
      if (status !== 200) faults.push(`${nameOf(n)} is answered ${status}`);
      if (JSON.stringify(body).includes(neighbour)) faults.push(`${nameOf(n)} reads the words of its neighbour`);
    }
    const own = await search(server, owner, n, `Where is the ${markerOf(n)} tower?`);
    if (!JSON.stringify(own.body).includes(markerOf(n))) faults.push(`${nameOf(n)} does not find its own words`);
  }
}

async function eraseOne(server: TestServer, owner: Person, settings: SubjectsSettings, faults: string[]) {
  const n = Math.ceil(settings.subjects / 2);
  const before = await checksums();
  const start = performance.now();
  const { status } = await server.call('DELETE', `/api/v1/memory/subjects/${nameOf(n)}`, { token: owner.token });
  const time = performance.now() - start;
  if (status !== 200) faults.push(`The erasure answered ${status}`);
  const after = await checksums();
  if (!before.has(rowIdOf(n)) || after.has(rowIdOf(n))) faults.push('The erased subject has rows');
  let kept = 0;
  for (const [id, sum] of before)
    if (id !== rowIdOf(n)) {
      if (after.get(id) === sum) kept += 1;
      else faults.push(`The erasure changed ${id}`);
    }
  return { erase_ms: round(time), unchanged_subjects: kept };
}
