import type { Message, Part, ToolPart } from '../chat.ts';

/**
 * An answer while it is written: what the API had of it, and the events since. Events may come again after a lost
 * connection, and the text of the turn under way then comes from its beginning. Pure.
 */
export interface LiveAnswer {
  turns: readonly LiveTurn[];
  /** Why nothing comes at the moment, such as a provider that is busy. */
  notice: string | undefined;
  /** When a tool or a thought began and ended by the clock of this browser, by `tool:1.0` or `thinking:1`. */
  times: ReadonlyMap<string, { from: number; to: number | undefined }>;
  /** Changes with each event about questions, so that they are read again. */
  questions: number;
  /** The finished message. */
  ended: Message | undefined;
}

interface LiveTurn {
  text: Growing;
  thinking: Growing;
  tools: readonly ToolPart[];
}

/** A text and its length in code points, in which the events count. */
interface Growing {
  text: string;
  length: number;
}

export interface AnswerEvent {
  type: string;
  data: Record<string, unknown>;
}

/** More than a worker may have. */
const MOST_TURNS = 1_000;
const EMPTY: Growing = { text: '', length: 0 };
const EMPTY_TURN: LiveTurn = { text: EMPTY, thinking: EMPTY, tools: [] };

/** Begins with what the API has of the answer. */
export function beginLive({ parts }: Pick<Message, 'parts'>): LiveAnswer {
  let turns: readonly LiveTurn[] = [];
  for (const part of parts) {
    const at = part.type === 'tool' ? turnOf(part.id) : part.turn;
    turns = changeTurn(turns, at, (turn) =>
      part.type === 'tool'
        ? { ...turn, tools: [...turn.tools, part] }
        : { ...turn, [part.type]: { text: part.text, length: [...part.text].length } },
    );
  }
  return { turns, notice: undefined, times: new Map(), questions: 0, ended: undefined };
}

/** Returns the parts in their order: of each turn what was thought, said and called. */
export function partsOf({ turns }: Pick<LiveAnswer, 'turns'>): Part[] {
  return turns.flatMap(({ text, thinking, tools }, turn): Part[] => [
    ...(thinking.text === '' ? [] : [{ type: 'thinking' as const, turn, text: thinking.text }]),
    ...(text.text.trim() === '' ? [] : [{ type: 'text' as const, turn, text: text.text }]),
    ...tools,
  ]);
}

/** @param now the clock of this browser */
export function applyEvents(live: LiveAnswer, events: readonly AnswerEvent[], now: number): LiveAnswer {
  return events.reduce((before, event) => applyEvent(before, event, now), live);
}

function applyEvent(live: LiveAnswer, { type, data }: AnswerEvent, now: number): LiveAnswer {
  switch (type) {
    case 'token':
      return {
        ...endTime(live, `thinking:${data.turn}`, now),
        notice: undefined,
        turns: changeTurn(live.turns, Number(data.turn), (turn) => ({ ...turn, text: grow(turn.text, data) })),
      };
    case 'thinking':
      return {
        ...beginTime(live, `thinking:${data.turn}`, now),
        notice: undefined,
        turns: changeTurn(live.turns, Number(data.turn), (turn) => ({ ...turn, thinking: grow(turn.thinking, data) })),
      };
    case 'turn': {
      const text = String(data.text);
      return {
        ...endTime(live, `thinking:${data.turn}`, now),
        turns: changeTurn(live.turns, Number(data.turn), (turn) =>
          turn.text.text === text ? turn : { ...turn, text: { text, length: [...text].length } },
        ),
      };
    }
    case 'tool_start':
      return startTool(live, data, now);
    case 'tool_complete':
      return endTool(live, data, now);
    case 'question':
      return { ...live, questions: live.questions + 1 };
    case 'notice':
      return applyNotice(live, data);
    case 'end':
      return { ...live, notice: undefined, ended: data.message as Message };
    default:
      return live;
  }
}

/** Adds a piece at its place. A piece at an earlier place replaces what follows: the turn was begun anew. */
function grow(before: Growing, { at, content }: Record<string, unknown>): Growing {
  const [place, piece] = [Number(at), String(content)];
  const kept = place >= before.length ? before.text : [...before.text].slice(0, place).join('');
  return { text: kept + piece, length: Math.min(place, before.length) + [...piece].length };
}

function startTool(live: LiveAnswer, { id, tool, about }: Record<string, unknown>, now: number): LiveAnswer {
  const key = String(id);
  const started = beginTime(live, `tool:${key}`, now);
  return {
    ...started,
    turns: changeTurn(live.turns, turnOf(key), (turn) => {
      if (turn.tools.some((known) => known.id === key)) return turn;
      const part: ToolPart = {
        type: 'tool',
        id: key,
        tool: String(tool),
        arguments: { about },
        status: 'started',
        is_error: false,
        output: null,
        truncated: false,
        duration_ms: null,
      };
      return { ...turn, tools: [...turn.tools, part] };
    }),
  };
}

function endTool(live: LiveAnswer, data: Record<string, unknown>, now: number): LiveAnswer {
  const key = String(data.id);
  const started = startTool(live, data, now);
  return {
    ...endTime(started, `tool:${key}`, now),
    turns: changeTurn(started.turns, turnOf(key), (turn) => ({
      ...turn,
      tools: turn.tools.map((part) =>
        part.id === key
          ? {
              ...part,
              status: 'completed' as const,
              is_error: data.is_error === true,
              output: String(data.output),
              duration_ms: Number(data.duration_ms),
            }
          : part,
      ),
    })),
  };
}

function applyNotice(live: LiveAnswer, { event, message }: Record<string, unknown>): LiveAnswer {
  if (event === 'input_received') return { ...live, questions: live.questions + 1 };
  return event === 'turn_postponed' ? { ...live, notice: String(message) } : live;
}

function changeTurn(turns: readonly LiveTurn[], at: number, change: (turn: LiveTurn) => LiveTurn): readonly LiveTurn[] {
  if (!Number.isInteger(at) || at < 0 || at > MOST_TURNS) return turns;
  const missing = Math.max(0, at + 1 - turns.length);
  const all = [...turns, ...Array.from({ length: missing }, () => EMPTY_TURN)];
  const before = all[at] ?? EMPTY_TURN;
  const after = change(before);
  return after === before && missing === 0 ? turns : all.with(at, after);
}

const turnOf = (id: string): number => Number(id.split('.', 1)[0]);

function beginTime(live: LiveAnswer, key: string, now: number): LiveAnswer {
  if (live.times.has(key)) return live;
  return { ...live, times: new Map(live.times).set(key, { from: now, to: undefined }) };
}

function endTime(live: LiveAnswer, key: string, now: number): LiveAnswer {
  const time = live.times.get(key);
  if (time === undefined || time.to !== undefined) return live;
  return { ...live, times: new Map(live.times).set(key, { ...time, to: now }) };
}
