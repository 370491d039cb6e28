import type { ModelRequest } from '../../platform/models/model.ts';
import { unescapeShown } from '../../platform/models/show-as-data.ts';
import type { Call } from './script-context.ts';
import { SCRIPTED_NOTICE } from './scripted-notice.ts';

/** In this order the members of the default council begin with the options; other members by their letters. */
const ORDER = ['Pragmatist', 'Idealist', 'Skeptic', 'Synthesizer', 'Innovator'];
/** These keep their position in the second round, and the last of them to the end. */
const FIRM = ['Idealist', 'Skeptic'];
const ANSWERS = ['Begin with a small step', 'Go the whole way at once', 'Find out more first'];

/** A stance in the prompt. The text between the quotes is escaped, so it has no quote and no tag. */
const STANCE = /<stance member="([^"<>]{1,300})" position="([^"<>]{1,1500})"/g;

/**
 * The rehearsal of a council: its members disagree in the first round and converge in the next ones, so that a laptop
 * without a model shows a whole council.
 */
export function councilLine(request: ModelRequest): { say: string; calls: Call[] } {
  const [first] = request.messages;
  const told = first?.role === 'user' ? first.text : '';
  return told.includes('Give your stance with submit_stance.') ? memberLine(told) : chairLine(told);
}

function memberLine(told: string): { say: string; calls: Call[] } {
  const [, round = '1', name = ''] =
    /This is round (\d+) of at most \d+\. You are ([^\n]{1,60})\. Give/.exec(told) ?? [];
  const before = stancesIn(told.slice(told.lastIndexOf('<round number=')));
  const own = before.find(({ member }) => member === name)?.position;
  const position = positionOf(told, { name, round: Number(round), own, leading: leadingOf(before) });
  const hasChanged = own !== undefined && own !== position;
  const stance = {
    position,
    statement: `I hold “${position}” in round ${round} of this script.`,
    confidence: hasChanged || Number(round) === 1 ? 0.6 : 0.8,
    reasons: [`A script does not weigh the question; ${name} was given this position.`],
    would_change: 'A real model: set a model key and ask again.',
    ...(hasChanged
      ? { changed_because: 'In the script most others hold this position, and the council shall end.' }
      : {}),
  };
  return { say: SCRIPTED_NOTICE, calls: [{ name: 'submit_stance', arguments: stance }] };
}

function positionOf(
  told: string,
  { name, round, own, leading }: { name: string; round: number; own: string | undefined; leading: string | undefined },
): string {
  if (own !== undefined && leading !== undefined) {
    const isFirm = FIRM.includes(name) && (round === 2 || name === FIRM.at(-1));
    return isFirm ? own : leading;
  }
  const choices = optionsIn(told);
  const known = ORDER.indexOf(name);
  const number = known >= 0 ? known : [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  return choices[number % choices.length] ?? '';
}

function optionsIn(told: string): string[] {
  const start = told.indexOf('\n<options>\n');
  if (start < 0) return ANSWERS;
  const shown = told.slice(start, told.indexOf('\n</options>', start));
  return shown.split('\n').flatMap((line) => (line.startsWith('- ') ? [unescapeShown(line.slice(2))] : []));
}

function chairLine(told: string): { say: string; calls: Call[] } {
  const end = told.lastIndexOf('\n</round>\n');
  const groups = Map.groupBy(stancesIn(told.slice(Math.max(0, end))), ({ position }) => position);
  const positions = [...groups].map(([label, held]) => ({
    label,
    statement: `${held.length} in this script hold “${label}”.`,
    agents: held.map(({ member }) => member),
  }));
  const lines = positions.map(({ label, agents }) => `${agents.join(', ')}: “${label}”`);
  const closing = {
    agreements: ['That a script cannot judge the question.'],
    disagreements: lines.length > 1 ? lines : [],
    ...(lines.length > 1 ? { minority_report: `The script lets a minority stand: ${lines.slice(1).join('; ')}.` } : {}),
    summary: `${SCRIPTED_NOTICE} ${lines.join('; ')}.`,
  };
  const grouped = told.includes('\n<options>\n') ? closing : { ...closing, positions };
  return { say: SCRIPTED_NOTICE, calls: [{ name: 'close_round', arguments: grouped }] };
}

function stancesIn(text: string): { member: string; position: string }[] {
  return [...text.matchAll(STANCE)].map(([, member = '', position = '']) => ({
    member: unescapeShown(member),
    position: unescapeShown(position),
  }));
}

/** Returns the position that most hold; the first of several. */
function leadingOf(stances: readonly { position: string }[]): string | undefined {
  const groups = [...Map.groupBy(stances, ({ position }) => position).entries()];
  return groups.toSorted(([, one], [, other]) => other.length - one.length)[0]?.[0];
}
