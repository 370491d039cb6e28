import type { ModelEvent, ToolDeclaration } from '../model.ts';
import type { TextCall } from './text-call.ts';
import { CALL_MARKS, readTextCalls } from './text-calls.ts';

/** The tags around thinking in the text of local models. */
const THINKING_TAGS = new Map([
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<seed:think>', '</seed:think>'],
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
]);
const CLOSING_TAGS = new Set(THINKING_TAGS.values());
/** Thinking and answer stand in these also when no tool is offered. */
const HARMONY = new Set(['<|channel|>', '<|start|>assistant']);
const MARKS = [...THINKING_TAGS.keys(), ...CLOSING_TAGS, ...CALL_MARKS];
/** What may change the meaning of the text: a mark, code, or the end of a line. */
const TOKEN = new RegExp(
  ['\\n', '`+', '~~~+', ...MARKS.map((mark) => mark.replaceAll(/[|[\]().*+?]/g, '\\$&'))].join('|'),
  'g',
);
const LONGEST_MARK = Math.max(...MARKS.map((mark) => mark.length));
/** Blanks at the beginning of an answer are held back, but not without end. */
const MOST_BLANKS = 1_000;
/** A text with more marks that begin no call is a text about calls. */
const MOST_MARKS = 50;

/**
 * Separates thinking, tool calls and text in the streamed text of an answer. Text inside code is never touched. From
 * the first mark of a call on, the text is held back until the end, because only the whole call can be told from a text
 * about calls. With tools, so is an answer that begins as JSON.
 */
export class AnswerText {
  readonly #tools: readonly ToolDeclaration[];
  #pending = '';
  #state: 'start' | 'text' | 'thinking' | 'held' = 'start';
  #closingTag = '';
  /** The fence of the code block that is open. */
  #fence = '';
  #isInCode = false;
  #isLineBlank = true;
  #lastCharacter = '';
  #hasThought = false;
  #marks = 0;

  constructor(tools: readonly ToolDeclaration[]) {
    this.#tools = tools;
  }

  add(piece: string): ModelEvent[] {
    this.#pending += piece;
    return joined(this.#advance(false));
  }

  end(): { events: ModelEvent[]; calls: TextCall[] } {
    const events = this.#advance(true);
    const calls: TextCall[] = [];
    while (this.#state === 'held') {
      const held = this.#pending;
      const found = this.#marks < MOST_MARKS ? readTextCalls(held, this.#tools) : undefined;
      this.#marks += 1;
      this.#state = 'text';
      if (found === undefined) {
        // The mark is text; what follows may hold another one.
        events.push(...this.#text(held.slice(0, 1)));
        this.#pending = held.slice(1);
      } else {
        if (this.#tools.length > 0) calls.push(...found.calls);
        if (found.thinking !== '') events.push(thought(found.thinking));
        const rest = held.slice(found.end);
        this.#pending = found.text + (rest.trim() === '' ? '' : rest);
        this.#isLineBlank = true;
      }
      events.push(...this.#advance(true));
    }
    return { events: joined(events), calls };
  }

  #advance(isEnd: boolean): ModelEvent[] {
    const events: ModelEvent[] = [];
    for (;;) {
      if (this.#state === 'held') return events;
      const next = this.#state === 'thinking' ? this.#readThinking(isEnd) : this.#readText(isEnd);
      events.push(...next.events);
      if (next.isDone) return events;
    }
  }

  #readThinking(isEnd: boolean): { events: ModelEvent[]; isDone: boolean } {
    const at = this.#pending.indexOf(this.#closingTag);
    const end = at >= 0 ? at : isEnd ? this.#pending.length : this.#pending.length - this.#partialMark();
    const text = this.#pending.slice(0, end);
    const events = text === '' ? [] : [thought(text)];
    this.#pending = this.#pending.slice(at >= 0 ? at + this.#closingTag.length : end);
    if (at >= 0) this.#afterThinking();
    return { events, isDone: at < 0 };
  }

  #afterThinking(): void {
    this.#state = 'start';
    this.#hasThought = true;
    this.#isLineBlank = true;
  }

  #readText(isEnd: boolean): { events: ModelEvent[]; isDone: boolean } {
    const begun = this.#state === 'start' ? this.#begin(isEnd) : 'text';
    if (begun !== 'text') return { events: [], isDone: begun === 'wait' };
    TOKEN.lastIndex = 0;
    const found = TOKEN.exec(this.#pending);
    const at = found?.index ?? this.#pending.length - (isEnd ? 0 : this.#partialMark());
    const token = found?.[0] ?? '';
    const events = this.#text(this.#pending.slice(0, at));
    this.#pending = this.#pending.slice(at);
    // A run of backticks, and the line of a closing tag, may go on in the next piece.
    const isOpen =
      !isEnd &&
      token !== '\n' &&
      token.length < LONGEST_MARK &&
      this.#pending.slice(token.length, LONGEST_MARK).trim() === '';
    if (found === null || isOpen) return { events, isDone: true };
    return { events: [...events, ...this.#token(token)], isDone: false };
  }

  /**
   * Handles the beginning of the answer, and of what follows thinking. `wait`: until more has arrived.
   */
  #begin(isEnd: boolean): 'thinking' | 'wait' | 'text' {
    const trimmed = this.#pending.trimStart();
    // The blank lines between thinking and answer belong to neither.
    if (this.#hasThought) this.#pending = trimmed;
    const [tag, closing] = [...THINKING_TAGS].find(([opening]) => trimmed.startsWith(opening)) ?? [];
    if (tag !== undefined && closing !== undefined) {
      this.#pending = trimmed.slice(tag.length);
      this.#closingTag = closing;
      this.#state = 'thinking';
      return 'thinking';
    }
    if (this.#tools.length > 0 && /^(?:\{|\[[\s{])/.test(trimmed)) {
      this.#state = 'held';
      return 'wait';
    }
    const mayBeTag = trimmed === '' || MARKS.some((mark) => mark.startsWith(trimmed));
    if (!isEnd && mayBeTag && this.#pending.length < MOST_BLANKS) return 'wait';
    this.#state = 'text';
    return 'text';
  }

  /** Handles a token at the beginning of the pending text. */
  #token(token: string): ModelEvent[] {
    const isQuoted = this.#fence !== '' || this.#isInCode || /["'“‘(]/.test(this.#lastCharacter);
    const rest = this.#pending.slice(token.length);
    if (!isQuoted && CLOSING_TAGS.has(token) && this.#closesThinking(rest)) {
      const isRepeated = this.#hasThought;
      this.#pending = rest;
      this.#afterThinking();
      return isRepeated ? [] : [{ type: 'text_was_thinking' }];
    }
    if (!isQuoted && CALL_MARKS.includes(token) && (this.#tools.length > 0 || HARMONY.has(token))) {
      this.#state = 'held';
      return [];
    }
    this.#pending = rest;
    this.#trackCode(token);
    return this.#text(token);
  }

  /**
   * Returns whether a closing tag without its opening tag ends thinking. Some chat templates put the opening tag into
   * the prompt. A tag between blanks is a word of a sentence.
   */
  #closesThinking(rest: string): boolean {
    if (this.#hasThought) return this.#state === 'start';
    return this.#isLineBlank || this.#lastCharacter !== ' ' || /^[^\S\n]*(?:\n|$)/.test(rest);
  }

  #trackCode(token: string): void {
    if (token === '\n') this.#isInCode = false;
    const isFence = /^(?:`{3,}|~{3,})$/.test(token) && this.#isLineBlank;
    if (this.#fence !== '') {
      if (isFence && token.startsWith(this.#fence)) this.#fence = '';
    } else if (isFence) this.#fence = token;
    else if (token.startsWith('`')) this.#isInCode = !this.#isInCode;
  }

  #text(text: string): ModelEvent[] {
    if (text === '') return [];
    const line = text.slice(text.lastIndexOf('\n') + 1);
    this.#isLineBlank = (text.includes('\n') || this.#isLineBlank) && line.trim() === '';
    this.#lastCharacter = text.at(-1) ?? '';
    return [{ type: 'text_delta', text }];
  }

  /** Returns the length of the end of the pending text that may be the beginning of a mark. */
  #partialMark(): number {
    const tail = this.#pending.slice(-LONGEST_MARK);
    for (let start = 0; start < tail.length; start += 1) {
      const end = tail.slice(start);
      if ([...MARKS, '~~~'].some((mark) => mark.length > end.length && mark.startsWith(end))) return end.length;
    }
    return 0;
  }
}

function thought(text: string): ModelEvent {
  return { type: 'thinking_delta', text, place: 'tags' };
}

/** Joins texts that stand side by side, such as the lines of one piece. */
function joined(events: readonly ModelEvent[]): ModelEvent[] {
  const result: ModelEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (last?.type === 'text_delta' && event.type === 'text_delta') last.text += event.text;
    else result.push({ ...event });
  }
  return result;
}
