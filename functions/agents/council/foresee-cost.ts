import { ConfiguredPrices, type PricedChoice } from '../../platform/models/configured-price.ts';
import { toDollars, unitsOf } from '../../platform/models/dollars.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { ModelText } from '../../platform/models/model-text.ts';
import { costOf } from '../../platform/models/prices.ts';
import type { Member } from './council.ts';

/**
 * Typical tokens of a call, from councils of five on one page of text. What a model thinks counts as output: about twice
 * the stance itself. Each round reads all stances and the chair's words of the rounds before, so a call of round r is
 * larger by r − 1 rounds.
 */
const TYPICAL = {
  /** The instruction and the declaration of the tool. */
  instruction: 850,
  /** A stance in the prompt of a later call. */
  stance: 190,
  /** What the chair said about a round, in the prompt of a later call. */
  closing: 350,
  memberOutput: 600,
  chairOutput: 1_100,
};

interface Foreseen {
  question: string;
  options?: readonly string[] | undefined;
  agents: readonly Member[];
  rounds: number;
  mode: 'deliberation' | 'vote';
}

/** Returns what a council will probably cost if it holds every round and nobody must be asked again. */
export function foreseeCost(council: Foreseen, prices: unknown, at: Date): { calls: number; foreseen_usd: string } {
  const known = ConfiguredPrices.safeParse(prices).data ?? {};
  const { agents, mode } = council;
  const rounds = mode === 'vote' ? 1 : council.rounds;
  const asked = TYPICAL.instruction + estimateTokens([council.question, ...(council.options ?? [])].join('\n'));
  const perRound = agents.length * TYPICAL.stance + TYPICAL.closing;
  const cost = (model: string, input: number, output: number) => {
    const choice: PricedChoice = { ...ModelText.parse(model), price: known[model] };
    return unitsOf(costOf(choice, { input_tokens: input, output_tokens: output, cached_tokens: 0 }, at));
  };
  let units = 0n;
  for (let before = 0; before < rounds; before += 1) {
    const read = asked + before * perRound;
    for (const { persona, model } of agents) units += cost(model, read + estimateTokens(persona), TYPICAL.memberOutput);
    const chair = mode === 'vote' ? undefined : agents[0]?.model;
    if (chair !== undefined) units += cost(chair, read + agents.length * TYPICAL.stance, TYPICAL.chairOutput);
  }
  const calls = rounds * (agents.length + (mode === 'vote' ? 0 : 1));
  return { calls, foreseen_usd: toDollars(units) };
}
