import { afterAll, beforeAll, expect, test } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { measureSubjects } from '../bench/subjects/measure-subjects.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** The load test of test/bench/subjects with fewer subjects, for its promises and not its figures. */
const SUBJECTS = 200;

let server: TestServer;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  environment.GIT_HOSTS = ['localhost:9'];
  server = await startServer();
});
afterAll(() => server.close());

test('200 subjects of one application, with sessions and searches at once: none reads another, one is erased', async () => {
  const settings = { subjects: SUBJECTS, atOnce: 40, walked: SUBJECTS, searches: 20 };
  const { faults, figures } = await measureSubjects(server, settings);
  expect(faults).toEqual([]);
  // The copies without the erased one, the template, and the new subjects of every second session.
  expect(figures.unchanged_subjects).toBe(SUBJECTS - 1 + 1 + 20);
});
