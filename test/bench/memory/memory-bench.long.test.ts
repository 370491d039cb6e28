import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { beliefFigures, type Relation, readPairs } from './beliefs.ts';
import { evidenceIn, meanOf } from './evidence.ts';
import { readLocomo } from './locomo.ts';
import { readMemorySettings } from './settings.ts';

/** A conversation in the format of the data set, which is not part of the project. */
const CONVERSATION = {
  conversation: {
    speaker_a: 'Ines',
    speaker_b: 'Paul',
    session_1_date_time: '1:56 pm on 8 May, 2023',
    session_1: [
      {
        speaker: 'Ines',
        dia_id: 'D1:1',
        text: 'I adopted a greyhound yesterday.',
        blip_caption: 'a photo of a dog on a sofa',
      },
      { speaker: 'Paul', dia_id: 'D1:2', text: 'Great! My own news: the bakery opens in June.' },
    ],
    session_2_date_time: '9:05 am on 3 July, 2023',
    session_2: [
      { speaker: 'Paul', dia_id: 'D2:1', text: 'What did you name the greyhound?' },
      { speaker: 'Ines', dia_id: 'D2:2', text: 'Biscuit, after your bread.' },
    ],
  },
  qa: [
    { question: 'When did Ines adopt a dog?', answer: '7 May', evidence: ['D1:1'], category: 2 },
    { question: 'What is the name of the greyhound?', answer: 'Biscuit', evidence: ['D2:2; D2:1'], category: 4 },
    { question: 'Does Ines have a boat?', answer: 'unknown', evidence: ['D1:1'], category: 5 },
    { question: 'What does Paul bake?', answer: 'unknown', evidence: [], category: 3 },
  ],
};

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'apexflow-bench-test-'));
  file = join(folder, 'conversation.json');
  writeFileSync(file, JSON.stringify([CONVERSATION]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const Figures = z.looseObject({ questions: z.int(), recall_10: z.number(), tokens_2000: z.number(), mrr: z.number() });
const Report = z.looseObject({
  locomo: z.looseObject({ methods: z.record(z.string(), z.record(z.string(), Figures)) }),
});

describe('npm run bench:memory', () => {
  it('ingests a conversation, searches it over HTTP beside four baselines, and prints JSON', async () => {
    const args = ['test/bench/memory/memory-bench.ts', '--data', file, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { methods } = Report.parse(JSON.parse(stdout)).locomo;
    expect(Object.keys(methods).map((name) => name.slice(0, 3))).toEqual(['(a)', '(b)', '(c)', '(d)', '(e)']);
    expect(methods['(e) ApexFlow']).toMatchObject({
      all: { questions: 2, recall_10: 100, tokens_2000: 100 },
      temporal: { questions: 1, mrr: 100 },
      'single-hop': { questions: 1 },
    });
  }, 120_000);
});

describe('the figures of the bench', () => {
  it('reads the evidence, and leaves out questions without evidence or answer', () => {
    const [conversation] = readLocomo(file);
    expect(conversation?.questions).toEqual([
      { text: 'When did Ines adopt a dog?', kind: 'temporal', evidence: ['session_1#0'] },
      { text: 'What is the name of the greyhound?', kind: 'single-hop', evidence: ['session_2#1', 'session_2#0'] },
    ]);
    expect(conversation?.sessions[0]?.turns[0]).toEqual({
      speaker: 'Ines',
      said_at: '2023-05-08T13:56:00.000Z',
      text: 'I adopted a greyhound yesterday.',
      caption: 'a photo of a dog on a sofa',
    });
  });

  it('computes recall, reciprocal rank and recall within token budgets', () => {
    const ranking = ['a', 'b', 'c', 'd', 'e', 'f'];
    const evidence = evidenceIn(ranking, ['b', 'f'], (place) => (place === 'b' ? 501 : 100));
    expect(evidence).toMatchObject({
      recall: { 5: 0.5, 10: 1 },
      reciprocalRank: 0.5,
      withinTokens: { 500: 0.5, 1000: 0.5, 2000: 1 },
    });
    expect(meanOf([evidence, evidenceIn([], ['x'], () => 1)])).toMatchObject({ questions: 2, recall_10: 50, mrr: 25 });
  });

  it('counts false and missed supersessions of labelled pairs', () => {
    const pair = (label: Relation, outcome: Relation) => ({ label, outcome, known: 'a', fresh: 'b' });
    const figures = beliefFigures([
      pair('unrelated', 'supersedes'),
      pair('unrelated', 'unrelated'),
      pair('supersedes', 'same'),
      pair('supersedes', 'unrelated'),
      pair('same', 'same'),
    ]);
    expect(figures).toMatchObject({
      pairs: 5,
      false_supersession: 50,
      false_same: 25,
      missed_supersession: 50,
      missed_same: 0,
    });
    expect(figures.wrong).toHaveLength(3);
    expect(readPairs('judging').map(({ known }) => known)).not.toContain(readPairs('tuning')[0]?.known);
  });

  it('rejects an unknown option and a missing file', () => {
    expect(() => readMemorySettings(['--only', 'everything'])).toThrow('only');
    expect(() => readMemorySettings(['--data', join(folder, 'missing.json')])).toThrow('nothing at');
  });
});
