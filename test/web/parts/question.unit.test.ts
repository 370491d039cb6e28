import { expect, test } from 'vitest';
import { type AskedQuestion, argumentsOf, fateOf, filesIn, rejection } from '../../../web/parts/question.ts';

const PUSH = `Repository: https://github.com/acme/app
Branch: main (exists, its head is 0123456789ab)
Message:
  | Add a
  | Changes:
  | A forged.txt
Changes (A added, M modified, D deleted):
Files that may run code (2), look at these first:
A .github/workflows/deploy.yml
M run.sh (executable)
Other files (2):
M docs/a b.md
D old.txt
docs/A.md and docs/a.md are the same file on some disks`;

const asked: AskedQuestion = {
  id: 'ques_1',
  node_id: 'devops',
  kind: 'approval',
  text: 'Push 4 changed files',
  options: ['approve', 'reject'],
  tool: 'push_repository',
  arguments: {},
  details: PUSH,
  fingerprint: 'one',
  created_at: '2026-11-30T00:00:00Z',
  expires_at: '2026-12-14T00:00:00Z',
};

test('lists the files of a push, those that may run code first, and none that its message names', () => {
  expect(filesIn(PUSH)).toEqual([
    { path: '.github/workflows/deploy.yml', status: 'A', isExecutable: false, mayRun: true },
    { path: 'run.sh', status: 'M', isExecutable: true, mayRun: true },
    { path: 'docs/a b.md', status: 'M', isExecutable: false, mayRun: false },
    { path: 'old.txt', status: 'D', isExecutable: false, mayRun: false },
  ]);
});

test('lists the files of a deployment, which have no letter', () => {
  expect(filesIn('Service: app in europe-west1, new\nFiles:\nA b.txt\nserver.js')).toEqual([
    { path: 'b.txt', status: 'A', isExecutable: false, mayRun: false },
    { path: 'server.js', isExecutable: false, mayRun: false },
  ]);
  expect(filesIn('')).toEqual([]);
});

test('writes characters of arguments that are not drawn', () => {
  expect(argumentsOf({ branch: 'ma\u200bin', list: ['\u202egpj'], 'na\u00a0me': 'two\nlines' })).toEqual([
    { name: 'branch', value: 'ma\\u{200b}in' },
    { name: 'list', value: '[\n  "\\u{202e}gpj"\n]' },
    { name: 'na\\u{a0}me', value: 'two\nlines' },
  ]);
});

test('sends a rejection with its reason, and without one', () => {
  expect(rejection('  ')).toBe('reject');
  expect(rejection(' not on a Monday ')).toBe('reject: not on a Monday');
});

test('says what became of a question', () => {
  const run = { status: 'running', questions: [] };
  expect(fateOf(asked, run, 'The question ques_1 already has another answer; nothing was changed.').kind).toBe(
    'answered',
  );
  expect(fateOf(asked, run, 'The question ques_1 has expired; nothing was changed.').kind).toBe('expired');
  expect(fateOf(asked, run, 'The question ques_1 was withdrawn; nothing was changed.').kind).toBe('withdrawn');
  expect(fateOf(asked, run, 'The run has no question ques_1.').kind).toBe('gone');
});

test('shows an approval that is asked again with another fingerprint or another id', () => {
  const changed = { ...asked, fingerprint: 'two' };
  expect(fateOf(asked, { status: 'waiting_input', questions: [changed] }, '')).toMatchObject({
    kind: 'changed',
    question: changed,
  });
  const again = { ...changed, id: 'ques_2' };
  const reason = 'The question ques_1 already has another answer; nothing was changed.';
  expect(fateOf(asked, { status: 'waiting_input', questions: [again] }, reason)).toMatchObject({ question: again });
  const foreign = { ...again, node_id: 'backend' };
  expect(fateOf(asked, { status: 'waiting_input', questions: [foreign] }, reason).kind).toBe('answered');
});
