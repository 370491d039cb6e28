import type { ScriptedAnswer, ScriptedRequest, ScriptedTurn } from '../../support/scripted-provider.ts';
import type { Line, Play, Role } from '../../support/team-script.ts';
import { SHORT_PLAY, TEAM_PLAY } from './plays.ts';

/** The script of a run. The run's mark is in its task and in its facts, so that each run has its own facts. */
export const KINDS = { short: SHORT_PLAY, team: TEAM_PLAY } as const;
export type Kind = keyof typeof KINDS;

export function taskOf(kind: Kind, number: number): string {
  return `Build an app. [${kind}-${number}]`;
}

const MARK = /\[((short|team)-\d+)\]/;

/** A fault of the model instead of its answer. */
export interface ModelFault {
  name: string;
  break: (turn: ScriptedTurn) => ScriptedAnswer;
}

export const MODEL_FAULTS: readonly ModelFault[] = [
  { name: 'model 429 with Retry-After', break: () => ({ failure: { status: 429, retryAfterSeconds: 1 } }) },
  { name: 'model 500', break: () => ({ failure: { status: 500 } }) },
  { name: 'model stream cut', break: (turn) => ({ ...turn, text: 'A stream that is cut.', cutAfter: 1 }) },
  { name: 'model invalid JSON', break: (turn) => ({ ...turn, rawFrame: 'data: {"candidates": [{\r\n\r\n' }) },
  { name: 'model without finish', break: () => ({ withoutFinish: true }) },
  { name: 'model silent', break: (turn) => ({ ...turn, text: 'I think about it.', silentAfter: 1 }) },
  { name: 'model endless', break: () => ({ text: 'again and again ', isEndless: true, chunkDelayMs: 20 }) },
];

export interface AskedLine {
  mark: string;
  role: Role;
  turn: number;
}

/**
 * Returns one script for all runs. The mark in the task selects the lines of a run, and `faultOf` breaks some answers.
 */
export function mixedPlay(faultOf: (asked: AskedLine) => ModelFault | undefined): Play {
  const roles: Role[] = ['plan', 'backend', 'frontend', 'summary'];
  const lines = (role: Role): Line[] =>
    Array.from({ length: 5 }, (_, turn) => (request: ScriptedRequest) => {
      const { mark, kind } = markOf(request);
      const own = KINDS[kind][role] ?? [];
      const line = own[Math.min(turn, own.length - 1)];
      if (line === undefined || typeof line === 'function' || 'failure' in line)
        throw new Error(`The script has no line for ${role}`);
      const answer: ScriptedTurn = JSON.parse(JSON.stringify(line).replaceAll('The API is', `The API of ${mark} is`));
      return faultOf({ mark, role, turn })?.break(answer) ?? { delayMs: 30, ...answer };
    });
  return Object.fromEntries(roles.map((role) => [role, lines(role)]));
}

function markOf(request: ScriptedRequest): { mark: string; kind: Kind } {
  const [first] = request.messages;
  const text = first && 'text' in first ? first.text : '';
  const [, mark, kind] = MARK.exec(text ?? '') ?? [];
  if (mark === undefined || (kind !== 'short' && kind !== 'team')) throw new Error('The request has no mark');
  return { mark, kind };
}

/** Returns the text of an outcome without the mark of its run. */
export function withoutMark(text: string): string {
  return text.replaceAll(/(short|team)-\d+/g, 'MARK');
}
