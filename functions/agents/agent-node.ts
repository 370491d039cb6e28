import type { Claim } from '../runs/claim.ts';
import { toMessages } from '../runs/conversation.ts';
import type { NodeKind } from '../runs/node-kind.ts';
import type { Tool } from '../tools/tool.ts';
import { TakeAgentTurn } from './agent.ts';
import { type AgentRow, cancelAgentsBelow, requireAgentOfNode, wakeParent } from './sql/agent.ts';

/**
 * The node of an agent. What its type gave it is in its row, so every turn of it has the same tools and limits. When it
 * ends, the agents below it are cancelled and the agent that waits for it is woken, in the same transaction.
 */
export const AGENT: NodeKind = {
  task: TakeAgentTurn,
  prepare: async (claim) => {
    const { prepareAgent } = await import('./prepare-agent.ts');
    return prepareAgent(claim, await agentOf(claim));
  },
  tools: async (claim) => toolsOfAgent(claim, await agentOf(claim)),
  messages: async (claim, { prompt, history }) => toMessages(prompt.text, history, (await agentOf(claim)).turns),
  live: { gatherMs: 200, isKept: false },
  writesAtEnd: ({ node }) => ({ statements: [cancelAgentsBelow(node.id), wakeParent({ nodeId: node.id })] }),
  turnLimit: async (claim) => (await agentOf(claim)).turns,
};

/** The agent of each claim. It does not change. */
const agents = new WeakMap<Claim, Promise<AgentRow>>();

function agentOf(claim: Claim): Promise<AgentRow> {
  const known = agents.get(claim) ?? requireAgentOfNode(claim.database, claim.node.id);
  agents.set(claim, known);
  return known;
}

/** Returns the tools of an agent, in the order of its type; those of the tenant's MCP servers come last. */
async function toolsOfAgent({ node, root, database, tenantId }: Claim, agent: AgentRow): Promise<readonly Tool[]> {
  const [{ openTools }, { openAgentTools }] = await Promise.all([
    import('../runs/toolbox.ts'),
    import('./open-agent-tools.ts'),
  ]);
  const own = await openAgentTools(database, node.name, agent);
  const names = agent.tools.filter((name) => name !== 'mcp' && !own.some((tool) => tool.name === name));
  const tools = [...openTools(names, node, root), ...own];
  if (!agent.tools.includes('mcp')) return tools;
  const { loadMcpTools } = await import('../tools/mcp/load-mcp-tools.ts');
  return [...tools, ...(await loadMcpTools({ database, tenantId }))];
}
