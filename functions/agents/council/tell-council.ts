import { showAsData, showOnOneLine } from '../../platform/models/show-as-data.ts';
import type { CouncilRow, RoundRow, StanceRow } from '../sql/council.ts';

/**
 * The prompts of members and of the chair. Each text of a person or a member is escaped data in a frame of its own. The
 * reasons of a stance are shown in the round after it; later rounds read what it holds, so that prompts of many rounds
 * stay small.
 */

/** Returns what a member reads: the question, its part and the rounds before, and nothing of the round under way. */
export function tellMember(council: CouncilRow, { round, agent }: { round: number; agent: string }): string {
  const member = council.agents.find(({ name }) => name === agent);
  return [
    ...tellQuestion(council),
    frame('persona', { name: agent }, member?.persona ?? ''),
    ...tellRounds(council, { before: round, fresh: round - 1 }),
    ...tellInterjections(council, round),
    `This is round ${round} of at most ${council.rounds}. You are ${agent}. Give your stance with submit_stance.`,
  ].join('\n\n');
}

/** Returns what the chair reads: the question, the rounds before and the round that is over. */
export function tellChair(council: CouncilRow, round: number): string {
  const stances = council.stances.filter((stance) => stance.round === round);
  const silent = council.agents.filter(({ name }) => !stances.some(({ agent }) => agent === name));
  const names = stances.map(({ agent }) => agent).join(', ');
  const grouping =
    council.options === null
      ? `Group the positions of ${names}: each of them is in exactly one of \`positions\`.`
      : 'The positions are the options; they are counted without you.';
  return [
    ...tellQuestion(council),
    ...tellRounds(council, { before: round, fresh: round }),
    ...tellInterjections(council, round),
    ...stances.map((stance) => tellStance(stance, true)),
    ...(silent.length === 0 ? [] : [`No stance came from ${silent.map(({ name }) => name).join(', ')}.`]),
    `Round ${round} of at most ${council.rounds} is over. ${grouping} Close it with close_round.`,
  ].join('\n\n');
}

function tellQuestion({ question, options }: CouncilRow): string[] {
  const shown = options?.map((option) => `- ${showOnOneLine(option)}`).join('\n');
  return [frame('question', {}, question), ...(shown === undefined ? [] : [`<options>\n${shown}\n</options>`])];
}

/** Returns the rounds before one with what people said to them, the stances and the chair's words. */
function tellRounds(council: CouncilRow, { before, fresh }: { before: number; fresh: number }): string[] {
  return council.held
    .filter(({ round }) => round < before)
    .map((held) => {
      const hasReasons = held.round >= fresh;
      const stances = council.stances.filter(({ round }) => round === held.round);
      const told = stances.map((stance) => tellStance(stance, hasReasons));
      const parts = [...tellInterjections(council, held.round), ...told, ...tellClosing(held)];
      return `<round number="${held.round}">\n${parts.join('\n')}\n</round>`;
    });
}

function tellInterjections({ interjections }: CouncilRow, round: number): string[] {
  return interjections
    .filter((interjection) => interjection.round === round)
    .map(({ text }) => frame('interjection', { from: 'a person' }, text));
}

function tellStance(stance: StanceRow, hasReasons: boolean): string {
  const { agent, position, confidence, changed_from: from, changed_because: because } = stance;
  const lines = [
    stance.statement,
    ...(hasReasons ? stance.reasons.map((reason) => `- ${reason}`) : []),
    ...(hasReasons ? [`Would change it: ${stance.would_change}`] : []),
    ...(from === null ? [] : [`Changed from “${from}” because: ${because}`]),
  ];
  return frame('stance', { member: agent, position, confidence: String(confidence) }, lines.join('\n'));
}

function tellClosing({ positions, score, agreements, disagreements, summary }: RoundRow): string[] {
  if (summary === null) return [];
  const lines = [
    summary,
    ...(positions ?? []).map(({ label, agents }) => `Position “${label}”: ${agents.join(', ')}`),
    `Share at the largest position: ${Math.round((score ?? 0) * 100)} %`,
    ...agreements.map((text) => `Agreed: ${text}`),
    ...disagreements.map((text) => `Disputed: ${text}`),
  ];
  return [frame('chair', {}, lines.join('\n'))];
}

function frame(tag: string, attributes: Record<string, string>, text: string): string {
  const shown = Object.entries(attributes).map(([name, value]) => ` ${name}="${showOnOneLine(value)}"`);
  return `<${tag}${shown.join('')}>\n${showAsData(text)}\n</${tag}>`;
}
