import { cutText } from '../../platform/cut-text.ts';
import type { CompletedOutcome, Tool } from '../../tools/tool.ts';
import type { Claim, NodeEnd } from '../claim.ts';
import type { NodeKind } from '../node-kind.ts';
import { TakeCall } from './call.ts';

/** The node of a call. Its turn was recorded when the run started, so it asks no model and ends with the call. */
export const CALL: NodeKind = {
  task: TakeCall,
  prepare: refuse,
  messages: refuse,
  tools,
  live: { gatherMs: 0, isKept: false },
  endAfterCalls,
};

async function refuse(claim: Claim): Promise<never> {
  throw new Error(`The call ${claim.node.run_id} has no recorded turn`);
}

async function tools({ node, root, database, tenantId }: Claim): Promise<Tool[]> {
  const { openCatalog } = await import('./tool-catalog.ts');
  const catalog = await openCatalog({ database: root, queryable: database }, tenantId, node);
  return catalog.flatMap(({ tool, refusal }) => (refusal === null ? [tool] : []));
}

/** The most characters of a failure in the run; the record of the call has the whole output. */
const SHOWN_ERROR = 2_000;

function endAfterCalls({ isError, output }: CompletedOutcome): NodeEnd {
  return isError ? { status: 'failed', error: cutText(output, SHOWN_ERROR) } : { status: 'completed', result: output };
}
