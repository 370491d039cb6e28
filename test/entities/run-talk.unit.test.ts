import { expect, it } from 'vitest';
import { LONGEST_PART } from '../../functions/entities/session.ts';
import { extractByRules } from '../../functions/memory/extract-by-rules.ts';
import { expectLinear, repeated } from '../support/growth.ts';

const model = { provider: 'rehearsal', model: 'rehearsal' } as const;

const fromReport = (text: string) =>
  extractByRules({ task: '', reports: [{ worker: 'coder', text }], model }).filter(({ scope }) => scope === 'worker');
const fromTask = (task: string) => extractByRules({ task, reports: [], model });

/** Lines of reports and plans of rehearsals and of recorded runs with models. */
it.each([
  // Plans.
  'T002 (coder, after plan): Write notes.md with the outline of an answer.',
  'T003 (formatter, after T001, T002): Write the answer to answer.md, because the person reads it.',
  '- T001: read package.json and decide on the version',
  'The findings_T001 are in notes.md and must be read first.',
  'Step 2: create src/app.ts because the page needs it.',
  '- [ ] Write test/app.test.ts with three cases.',
  'backend (after plan): Build server.js, always with a test.',
  '{"id": "T002", "worker": "coder", "instruction": "Write notes.md, always."}',
  'The plan: backend builds server.js; they agreed on the API that I gave them.',
  'They work in parallel and agree on the API that I gave them, because server.js needs it.',
  // States.
  'The team has built the counter app as far as it was asked: backend completed, frontend completed.',
  'backend completed, frontend completed, devops failed.',
  'Status: backend/server.js is in progress.',
  'Next steps: add a test to backend/counter.test.js.',
  'All 14 tests in counter.test.js pass.',
  'The page in frontend/index.html is done.',
  'The page is done: frontend/index.html shows the counter, style.css its look, script.js calls the API.',
  'To start it: cd backend, npm start, then open index.html.',
  // What the place of work allows.
  'Express itself was not installed here, because commands have no network.',
  'Not tested: the server with Express itself, because commands have no network here.',
  'I could not run npm install because there is no network here.',
  // Lists of files.
  'Files: README.md, backend/counter.test.js, backend/package.json, backend/server.js.',
  '- backend/server.js',
  'Created files: index.html and style.css.',
  // Code, headings and tables.
  '```js\nconst decided = because(api.ts);\n```',
  '~~~\nnpm run build because server.js\n~~~',
  "import { decided } from './because.ts'",
  'app.get("/api/counter", (request, response) => response.json({ value }));',
  'npm test -- counter.test.js',
  '## Why we decided on server.js',
  '| GET /api/counter | answers the value |',
  // The worker and its products.
  'The outline is in notes.md: what is known, and what follows from it.',
  'I wrote the server to backend/server.js and its test to backend/counter.test.js.',
  'Added GET /api/counter to backend/server.js.',
  'Write notes.md with the outline of an answer.',
  'The README.md describes how to start the counter.',
  'I will now check backend/server.js with node --check.',
])('keeps nothing of the line of a report %j', (text) => {
  expect(fromReport(text)).toEqual([]);
});

it.each([
  'I decided to store carts in Redis because they expire.',
  'We chose SQLite instead of PostgreSQL because the data fits in one file.',
  'POST /api/v1/carts answers 201.',
  'The page is in src/cart-page.vue now.',
  'The rule of counting has a test in backend/counter.test.js.',
  'Test files are beside the code and end in .test.ts.',
  'Build scripts live in scripts/build.ts.',
  'The results page is in web/results.vue.',
  'It turned out that port 3000 is taken by the proxy.',
  'An order that is not paid within an hour must be cancelled.',
  'Note that the export needs the role admin.',
  'The server of this shop requires Node 24.',
  'Learned: the import of old invoices always takes two passes.',
  '配置在 config/app.toml 里面。',
])('keeps the sentence of a report %j', (text) => {
  expect(fromReport(text).map((fact) => fact.text)).toEqual([text]);
});

it('keeps what follows a state', () => {
  const [fact] = fromReport(
    'The backend is done: backend/server.js answers GET /api/counter and POST /api/counter/increment on port 3000.',
  );
  expect(fact).toMatchObject({
    category: 'endpoint',
    text: 'backend/server.js answers GET /api/counter and POST /api/counter/increment on port 3000.',
  });
});

it.each([
  'Build a page for my shop.',
  'Please write a report about our sales.',
  'T001 (coder): use TypeScript',
  '# How we use TypeScript',
  'const our = use(api);',
])('keeps nothing of the line of a task %j', (text) => {
  expect(fromTask(text)).toEqual([]);
});

it.each([
  ['- We always use tabs;', 'We always use tabs;'],
  ['We use TypeScript in all projects.', 'We use TypeScript in all projects.'],
  ['- [x] Never deploy on Fridays', 'Never deploy on Fridays'],
  ['I prefer dark colours; the button must be green.', 'I prefer dark colours; the button must be green.'],
  ['git tags must be signed', 'git tags must be signed'],
  ['We use T480 laptops.', 'We use T480 laptops.'],
  ['Our files are always named in English: index.html, style.css, app.js.', undefined],
  ['Write it in TypeScript, as we use it everywhere.', undefined],
  ['Test files must be beside the code.', undefined],
  ['My name is Ada and I like short answers.', undefined],
  ['The report should be done by Friday.', undefined],
])('keeps what a person states in a task: %j', (task, text) => {
  expect(fromTask(task).map((fact) => fact.text)).toEqual([text ?? task]);
});

it.each(['T0', 'step 1', 'a is done', 'done, ', 'a.b ', 'a completed, ', 'npm ', '= ;', '.)', 'I now '])(
  'reads a text of nothing but %j in linear time',
  (piece) =>
    expectLinear(
      (text) => extractByRules({ task: text, reports: [{ worker: 'x', text }], model }),
      repeated(piece),
      LONGEST_PART / 8,
    ),
);
