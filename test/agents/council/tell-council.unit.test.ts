import { expect, it } from 'vitest';
import { tellChair, tellMember } from '../../../functions/agents/council/tell-council.ts';
import type { CouncilRow } from '../../../functions/agents/sql/council.ts';
import { estimateTokens } from '../../../functions/platform/models/estimate-tokens.ts';

const words = (length: number) => 'some words '.repeat(Math.ceil(length / 11)).slice(0, length);

/** A council with this many rounds that are over and one under way in which all have spoken. `fill` makes its texts. */
function councilIn(round: number, members: number, fill: (name: string, length: number) => string): CouncilRow {
  const names = Array.from({ length: members }, (_, index) => `M${index}`);
  const rounds = Array.from({ length: round }, (_, index) => index + 1);
  return {
    id: 'council_x',
    run_id: 'run_x',
    question: fill('question', 4_000),
    options: null,
    agents: names.map((name) => ({ name, persona: fill('persona', 1_000), model: 'rehearsal/scripted-team-1' })),
    chair_model: 'rehearsal/scripted-team-1',
    rounds: 10,
    threshold: 0.8,
    mode: 'deliberation',
    status: 'running',
    run_status: 'running',
    ended_by: null,
    round,
    score: null,
    foreseen_usd: '0',
    spent_usd: '0',
    budget_usd: null,
    share_in_village: false,
    thread_id: null,
    error: null,
    created_at: '2026-12-01T00:00:00Z',
    completed_at: null,
    nodes: [],
    held: rounds.map((number) => ({
      round: number,
      positions: number < round ? [{ label: fill('label', 120), statement: '', agents: names }] : null,
      score: 1,
      agreements: Array.from({ length: 8 }, () => fill(`agreement ${number}`, 400)),
      disagreements: Array.from({ length: 8 }, () => fill(`dispute ${number}`, 400)),
      minority_report: null,
      summary: number < round ? fill(`summary ${number}`, 3_000) : null,
    })),
    stances: rounds.flatMap((number) =>
      names.map((agent) => ({
        round: number,
        agent,
        position: fill('position', 120),
        statement: fill(`statement ${number}`, 400),
        confidence: 0.5,
        reasons: Array.from({ length: 5 }, () => fill(`reason ${number}`, 300)),
        would_change: fill('fact', 400),
        changed_from: fill('before', 120),
        changed_because: fill('because', 400),
      })),
    ),
    interjections: Array.from({ length: 20 }, (_, index) => ({
      id: 'itj_x',
      round: (index % 9) + 2,
      text: fill('interjection', 2_000),
      user_id: 'usr_x',
      created_at: '2026-12-01T00:00:00Z',
    })),
  };
}

it('shows a member what all held before, the reasons of the last round, and nothing of its own round', () => {
  const told = tellMember(
    councilIn(3, 2, (name) => `<${name}>`),
    { round: 3, agent: 'M1' },
  );
  expect(told).toContain('&lt;statement 1&gt;');
  expect(told).not.toContain('&lt;reason 1&gt;');
  expect(told).toContain('- &lt;reason 2&gt;\n');
  expect(told).toContain('&lt;summary 2&gt;');
  expect(told).not.toMatch(/(?:statement|reason|summary) 3/);
  expect(told.match(/<round number="\d">/g)).toEqual(['<round number="1">', '<round number="2">']);
  expect(told).toContain('This is round 3 of at most 10. You are M1. Give your stance with submit_stance.');
});

it('shows the chair the round that is over with its reasons', () => {
  const told = tellChair(
    councilIn(2, 2, (name) => `<${name}>`),
    2,
  );
  expect(told).not.toContain('&lt;reason 1&gt;');
  expect(told.match(/&lt;reason 2&gt;/g)).toHaveLength(10);
  expect(told).toContain('Group the positions of M0, M1');
});

it('stays below 65,000 tokens for eight members in round ten with the longest texts and all interjections', () => {
  const council = councilIn(10, 8, (_name, length) => words(length));
  const tokens = [tellMember(council, { round: 10, agent: 'M0' }), tellChair(council, 10)].map(estimateTokens);
  expect(Math.max(...tokens)).toBeLessThan(65_000);
  expect(Math.min(...tokens)).toBeGreaterThan(40_000);
});
