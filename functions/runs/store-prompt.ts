import type { Statement } from '../platform/database/batch.ts';
import { shownPrice } from '../platform/models/prices.ts';
import type { Claim } from './claim.ts';
import { scriptedMark } from './end-node.ts';
import type { RunEvent } from './events/event.ts';
import type { Prompt } from './node-kind.ts';
import { findPrepared } from './sql/lease.ts';
import { updateNodePrompt } from './sql/node.ts';

/**
 * Stores the prompt of a node with the event that it starts, in one fenced transaction. `facts` go into the event,
 * `statements` run in the transaction.
 */
export async function storePrompt(
  claim: Claim,
  prompt: Prompt,
  { facts, statements }: { facts: Record<string, unknown>; statements: readonly Statement[] },
): Promise<void> {
  const { node } = claim;
  const price = shownPrice({ provider: node.provider, model: node.model, price: node.price }, new Date());
  await claim.commit({
    events: [
      {
        type: 'node_started',
        level: 'info',
        source: node.worker,
        message: `${node.name} starts with ${node.provider}/${node.model}`,
        data: {
          node: node.name,
          provider: node.provider,
          model: node.model,
          ...facts,
          price,
          ...scriptedMark(node.provider),
        },
      },
      ...priceEvents(claim, price),
    ],
    statements: [updateNodePrompt(node.id, prompt), ...statements],
    done: findPrepared(node),
  });
}

/** Says that the price of the model is unknown, and with which upper bound its calls are booked. */
function priceEvents({ node }: Claim, { basis, input, output }: ReturnType<typeof shownPrice>): RunEvent[] {
  if (basis !== 'upper_bound') return [];
  return [
    {
      type: 'price_unknown',
      level: 'warning',
      source: node.worker,
      message: `The price of ${node.provider}/${node.model} is unknown: upper bound used, ${input} US dollars per million input tokens and ${output} per million output tokens. An admin can set the price in the tenant's setting prices.`,
      data: { node: node.name, provider: node.provider, model: node.model },
    },
  ];
}
