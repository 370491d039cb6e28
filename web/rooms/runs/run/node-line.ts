import { formatMoneyShort } from '../../../text/format.ts';
import { text } from '../../../text/run.ts';
import { visibleName } from '../../../text/visible.ts';
import { ENDED, type GraphNode } from './graph-ranks.ts';

/**
 * Returns the line below a node's state: its turns or, while it works, which turn of how many, and its cost. Of a node
 * that a replay kept, that it was kept.
 */
export function nodeLine(node: GraphNode): string {
  if (node.folded > 0) return text.graph.unfold;
  if (node.isKept) return text.graph.kept;
  const turn = turnOf(node);
  // A node without a turn has no cost; its state says whether one may come.
  if (node.turns === 0) return turn ?? (ENDED.has(node.status) ? text.graph.noTurn : '');
  return `${turn ?? text.graph.turns(node.turns)} · ${formatMoneyShort(node.costUsd)}`;
}

/** Returns the tool that runs, to stand beside the state. */
export function toolOf({ doing, status }: GraphNode): string | undefined {
  return doing === undefined || status !== 'running' ? undefined : visibleName(doing);
}

/** A turn is recorded before its calls run, so a call that runs belongs to the last recorded turn. */
function turnOf({ status, turns, maxTurns, doing }: GraphNode): string | undefined {
  if (status !== 'running' || maxTurns === null) return undefined;
  return text.graph.turnOf(Math.min(doing === undefined ? turns + 1 : turns, maxTurns), maxTurns);
}
