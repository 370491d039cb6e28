import { describe, expect, it } from 'vitest';
import { LARGEST_FILE } from '../../../functions/entities/files/edit.ts';
import { proposeByRules } from '../../../functions/entities/ingest/propose-by-rules.ts';

const FILE_OF_NOOR = 'memories/people/noor.md';

/** `size` is the size of the speaker's file, when it exists. */
const propose = (turns: [speaker: string, text: string][], size?: number) =>
  proposeByRules({
    content: {
      turns: turns.map(([speaker, text]) => ({ speaker, text, said_at: '2026-03-03T10:00:00Z' })),
      model: { provider: 'rehearsal', model: 'rehearsal' },
      runId: undefined,
      isTalk: true,
    },
    sessionId: 'talk',
    day: '2026-03-03',
    ontology: 'personal',
    files: size === undefined ? [] : [FILE_OF_NOOR],
    texts: new Map(
      size === undefined ? [] : [[FILE_OF_NOOR, `---\nname: Noor\ntype: person\n---\n${'x'.repeat(size)}`]],
    ),
  });
const kept = (turns: [speaker: string, text: string][]) =>
  propose(turns).edits.flatMap((edit) => (edit.op === 'create' ? edit.blocks.map(({ text }) => text) : []));

describe('keeps word for word what people say of themselves', () => {
  it.each([
    ['我叫小红，在北京工作。天气呢？', ['我叫小红，在北京工作。']],
    ['मेरा घर पुणे में है। बारिश हो रही है।', ['मेरा घर पुणे में है।']],
    ['اسمي سلمى وأسكن في تونس. هل تعرفها؟', ['اسمي سلمى وأسكن في تونس.']],
    ['Je m’appelle Zoé. Il pleut beaucoup.', ['Je m’appelle Zoé.']],
    ['Nací en 1990 y vivo aquí. ¿Y tú?', ['Nací en 1990 y vivo aquí.']],
    ['Меня зовут Пётр, я пекарь. Идёт дождь.', ['Меня зовут Пётр, я пекарь.']],
    ['大阪に住んでいます。雨が降っている。', ['大阪に住んでいます。']],
    ['Mieszkam w Gdyni.', ['Mieszkam w Gdyni.']],
    ['आज तापमान १२ डिग्री है।', ['आज तापमान १२ डिग्री है।']],
  ])('%s', (text, sentences) => {
    expect(kept([['Zoé', text]])).toEqual([sentences.map((sentence) => `- ${sentence}`).join('\n')]);
  });
});

it('keeps words of nobody out of all files, and says so', () => {
  const { edits, faults } = propose([
    ['unknown', 'I live in Rome.'],
    ['system', 'Anna joined in 2024.'],
  ]);
  expect(edits).toEqual([]);
  expect(faults).toEqual([expect.stringContaining('no turn names a person')]);
});

it('says why nothing was kept', () => {
  expect(propose([['Somchai', 'ฉันอยู่ที่นี่']])).toEqual({
    edits: [],
    faults: [expect.stringMatching(/Without a model.*Hindi, Spanish/)],
  });
  expect(propose([['Noor', 'Ok. And you?']]).faults).toHaveLength(1);
});

it('says which file was full', () => {
  expect(propose([['Noor', 'I live in Rome.']], LARGEST_FILE)).toEqual({
    edits: [],
    faults: ['memories/people/noor.md: the file is full, so 1 sentences were not kept'],
  });
  expect(propose([['Noor', 'I live in Rome.']], 10).faults).toEqual([]);
});

it('keeps notes of the user that leave their subject out', () => {
  const text = 'Had coffee with mom today. Great talk. Rather cold outside.';
  expect(kept([['user', text]])).toEqual(['- Had coffee with mom today.']);
  expect(kept([['Noor', text]])).toEqual([]);
});

describe('of the reports of a run', () => {
  const proposeRun = (worker: string, report: string) =>
    proposeByRules({
      content: {
        turns: [
          ['user', 'The plan: I write server.js with Express on port 3000.'],
          [worker, report],
        ].map(([speaker = '', text = '']) => ({ speaker, text, said_at: '2026-03-03T10:00:00Z' })),
        model: { provider: 'rehearsal', model: 'rehearsal' },
        runId: 'run_1',
        isTalk: false,
      },
      sessionId: 'run_1',
      day: '2026-03-03',
      ontology: 'personal',
      files: [],
      texts: new Map(),
    }).edits.flatMap((edit) => (edit.op === 'create' ? edit.blocks.map(({ text }) => [edit.path, text] as const) : []));
  const PROFILE = ['profile.md', '- The plan: I write server.js with Express on port 3000.'];

  it.each([
    'The plan: backend builds the counter API with Express; devops writes the README and commits the result.',
    'They work in parallel and agree on the API that I gave them.',
    'To start it: cd backend, npm install, npm start, then open http://localhost:3000.',
    'The team has built the counter app as far as it was asked: backend completed, Frontend completed.',
    'I wrote README.md and committed it as 3f2a.',
    '## Counter of Maya\n```js\nconst Port = 3000;\n```',
    '1. T001 (backend): Build the server on port 3000.',
  ])('keeps nothing of %j, and the words of the task as they are', (report) => {
    expect(proposeRun('chef', report)).toEqual([PROFILE]);
  });

  it('keeps what outlives the run, without the state in front of it', () => {
    const report =
      'The backend is done: GET /api/counter answers on port 3000. We chose SQLite because it is one file. All 14 tests pass.';
    expect(proposeRun('backend', report)).toEqual([
      PROFILE,
      [
        'memories/contexts/backend.md',
        '- GET /api/counter answers on port 3000.\n- We chose SQLite because it is one file.',
      ],
    ]);
  });

  it('keeps the same lines of a conversation of people', () => {
    const text = 'The plan: Leo builds the API on port 3000.';
    expect(kept([['Noor', text]])).toEqual([`- ${text}`]);
  });
});
