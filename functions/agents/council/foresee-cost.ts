import { ConfiguredPrices, type PricedChoice } from '../../platform/models/configured-price.ts';
import { toDollars, unitsOf } from '../../platform/models/dollars.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { costOf } from '../../platform/models/prices.ts';
import { ModelText } from '../../runs/run.ts';
import type { Member } from './council.ts';

/**
 * Typical tokens of a call. A stance has up to five reasons of a sentence or two; what a model thinks counts as output,
 * about twice the stance itself. A call reads the stances and the chair's words of all rounds before, so it grows with
 * each round.
 */
const TYPICAL = {
  /** The instruction and the declaration of the tool. */
  instruction: 850,
  /** A stance with its reasons, in the prompt of the next call. */
  stance: 190,
  /** A stance in the prompts after that. */
  olderStance: 70,
  /** What the chair said about a round, in the prompt of a later call. */
  closing: 350,
  memberOutput: 600,
  chairOutput: 1_100,
};

interface Foreseen {
  question: string;
  options?: readonly string[] | undefined;
  agents: readonly Member[];
  chair_model: string;
  rounds: number;
  mode: 'deliberation' | 'vote';
}

/** Returns what a council will probably cost if it holds every round and nobody must be asked again. */
export function foreseeCost(council: Foreseen, prices: unknown, at: Date): { calls: number; foreseen_usd: string } {
  const known = ConfiguredPrices.safeParse(prices).data ?? {};
  const { agents, chair_model: chair, mode } = council;
  const rounds = mode === 'vote' ? 1 : council.rounds;
  const asked = TYPICAL.instruction + estimateTokens([council.question, ...(council.options ?? [])].join('\n'));
  const cost = (model: string, input: number, output: number) => {
    const choice: PricedChoice = { ...ModelText.parse(model), price: known[model] };
    return unitsOf(costOf(choice, { input_tokens: input, output_tokens: output, cached_tokens: 0 }, at));
  };
  let units = 0n;
  for (let before = 0; before < rounds; before += 1) {
    const older = asked + before * (agents.length * TYPICAL.olderStance + TYPICAL.closing);
    const fresh = agents.length * (TYPICAL.stance - TYPICAL.olderStance);
    for (const { persona, model } of agents)
      units += cost(model, older + (before > 0 ? fresh : 0) + estimateTokens(persona), TYPICAL.memberOutput);
    if (mode !== 'vote') units += cost(chair, older + agents.length * TYPICAL.stance, TYPICAL.chairOutput);
  }
  const calls = rounds * (agents.length + (mode === 'vote' ? 0 : 1));
  return { calls, foreseen_usd: toDollars(units) };
}
