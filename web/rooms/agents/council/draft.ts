import type { paths } from '../../../api/api.generated.d.ts';
import { type KeptForm, textIn } from '../../../parts/draft.ts';
import { text } from '../../../text/council.ts';

/** What the form of a new council holds, as the user wrote it. Pure. */
export interface CouncilDraft {
  question: string;
  /** One option a line. */
  options: string;
  mode: 'deliberation' | 'vote';
  members: Member[];
  rounds: number;
  /** In percent. */
  threshold: number;
  budget: string;
  isShared: boolean;
  /** The question of the address that it began with. */
  given: string;
}

export interface Member {
  /** Tells the rows of the form apart. */
  key: number;
  name: string;
  persona: string;
  model: string;
}

export type CouncilBody = paths['/api/v1/agents/council']['post']['requestBody']['content']['application/json'];

export const FEWEST_MEMBERS = 2;
export const MOST_MEMBERS = 8;
export const MOST_ROUNDS = 10;
const LONGEST_OPTION = 200;

export function usualMembers(): Member[] {
  return text.preset.map((member, key) => ({ ...member, key, model: '' }));
}

/** Returns the draft of an address: `?question=…&options=…&options=…`. What is odd is left out. */
export function draftOf(query: Record<string, unknown>): CouncilDraft {
  const options = [query.options].flat().filter((option) => typeof option === 'string');
  return {
    question: textIn(query.question),
    options: options.map(shorten).join('\n'),
    mode: 'deliberation',
    members: usualMembers(),
    rounds: 3,
    threshold: 80,
    budget: '',
    isShared: false,
    given: textIn(query.question),
  };
}

/** The draft of a new council. */
export const COUNCIL_DRAFT: KeptForm<CouncilDraft> = {
  name: 'council',
  empty: () => draftOf({}),
  read: ({ question, options, mode, members, rounds, threshold, budget, isShared, given }) => {
    const empty = draftOf({});
    return {
      question: textIn(question),
      options: textIn(options),
      mode: mode === 'vote' ? mode : empty.mode,
      members: membersIn(members) ?? empty.members,
      rounds: typeof rounds === 'number' ? rounds : empty.rounds,
      threshold: typeof threshold === 'number' ? threshold : empty.threshold,
      budget: textIn(budget),
      isShared: isShared === true,
      given: textIn(given),
    };
  },
  isEmpty: ({ question, options, members }) =>
    question.trim() === '' && options.trim() === '' && JSON.stringify(members) === JSON.stringify(usualMembers()),
};

/** Returns the members that are stored, or undefined when they are none of this form. */
function membersIn(stored: unknown): Member[] | undefined {
  if (!Array.isArray(stored) || stored.length < FEWEST_MEMBERS || stored.length > MOST_MEMBERS) return undefined;
  return stored.map((member: Partial<Record<keyof Member, unknown>> | null, key) => ({
    name: textIn(member?.name),
    persona: textIn(member?.persona),
    key,
    model: textIn(member?.model),
  }));
}

/** Whether the form can be sent. While a field is being typed there is nothing to ask the server. */
export function isAskable(draft: CouncilDraft): boolean {
  const { mode, rounds, threshold, budget } = draft;
  const { question, options = [], agents = [] } = bodyOf(draft);
  const names = new Set(agents.map(({ name }) => name.toLowerCase()));
  const isBounded =
    Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS && threshold >= 50 && threshold <= 100;
  return (
    question !== '' &&
    !names.has('') &&
    names.size === agents.length &&
    options.length !== 1 &&
    (mode === 'vote' ? options.length > 0 : isBounded) &&
    (budget === '' || Number(budget) > 0)
  );
}

/** An option is one line; a statement of the village may be longer than an option can be. */
function shorten(option: string): string {
  const line = option.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_OPTION ? `${line.slice(0, LONGEST_OPTION - 1)}…` : line;
}

export function bodyOf(draft: CouncilDraft): CouncilBody {
  const options = draft.options
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return {
    question: draft.question.trim(),
    ...(options.length === 0 ? {} : { options }),
    agents: draft.members.map(({ name, persona, model }) => ({
      name: name.trim(),
      ...(persona.trim() === '' ? {} : { persona: persona.trim() }),
      ...(model === '' ? {} : { model }),
    })),
    mode: draft.mode,
    ...(draft.mode === 'vote' ? {} : { rounds: draft.rounds, threshold: draft.threshold / 100 }),
    ...(draft.isShared ? { share_in_village: true } : {}),
    ...(draft.budget === '' ? {} : { budget_usd: Number(draft.budget) }),
  };
}
