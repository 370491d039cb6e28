import { png } from '../documents/files.ts';

/** Exports in the shapes of ApexAurum and ApexFlow v1. */

export const IMAGE = png(3, 4);

/** A conversation as ApexAurum's `conversations.json` has it: marks under `metadata`, no title. */
export function conversation(id = 'conv_0011223344556677', more: Record<string, unknown> = {}) {
  return {
    id,
    created_at: '2025-11-02T10:00:00.123456',
    updated_at: '2025-11-02T11:00:00',
    messages: [
      { role: 'user', content: 'What is in the picture?', timestamp: '2025-11-02T10:00:01' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Here it is' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: IMAGE.toString('base64') } },
        ],
        timestamp: '2025-11-02T10:00:02',
        bookmarked: true,
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Look first.' },
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', id: 'toolu_1', name: 'fs_read_file', input: { path: 'cat.png' } },
        ],
        timestamp: '2025-11-02T10:00:03',
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a cat' }] },
      { role: 'assistant', content: 'A cat 🐈.', timestamp: '2025-11-02T10:00:05' },
    ],
    metadata: {
      tags: ['animals', 'pictures'],
      favorite: true,
      archived: true,
      model_used: 'claude-sonnet-4-5',
      mood: 7,
    },
    ...more,
  };
}

export function groupChat(id = 'groupchat_20251102_100000', more: Record<string, unknown> = {}) {
  return {
    id,
    topic: 'Should we use Rust?',
    created_at: '2025-11-02T10:00:00',
    updated_at: '2025-11-02T10:10:00',
    agents: [
      {
        id: 'azoth',
        name: 'AZOTH',
        display_name: 'Azoth',
        color: '#00ffaa',
        model: 'claude-haiku-4-5',
        system_prompt: 'Be bold',
      },
      {
        id: 'vajra',
        name: 'VAJRA',
        display_name: 'Vajra',
        color: '#ffcc00',
        model: 'claude-haiku-4-5',
        system_prompt: 'Cut',
      },
    ],
    history: [
      { role: 'user', content: 'Discuss.', round: 0 },
      { role: 'assistant', agent_id: 'azoth', agent_name: 'Azoth', content: 'Rust is safe.', round: 1 },
      { role: 'assistant', agent_id: 'vajra', agent_name: 'Vajra', content: 'Rust is slow to write.', round: 1 },
    ],
    cost_summary: { by_agent: {}, total_cost: 0.02 },
    rounds_completed: 1,
    status: 'active',
    ...more,
  };
}

/** Facts of the village, as `vector_add_knowledge` has written them. */
export const KNOWLEDGE = {
  version: '1.0',
  exported_at: '2025-11-02T10:00:00',
  total_facts: 3,
  facts: [
    {
      ...{ id: 'knowledge_village_1', text: 'The gate is open.', category: 'technical', confidence: '0.9' },
      ...{ source: 'azoth', visibility: 'village', agent_id: 'AZOTH', type: 'dialogue', access_count: 4 },
      ...{
        conversation_thread: 'gates',
        added_at: '2025-10-01T08:00:00',
        embedding: Array.from({ length: 384 }, () => 0.1),
      },
    },
    {
      ...{ id: 'knowledge_village_2', text: 'The gate is shut.', category: 'technical', confidence: 0.5 },
      ...{ visibility: 'village', agent_id: 'VAJRA', conversation_thread: 'gates', added_at: 1_759_305_660 },
      ...{ responding_to: '["knowledge_village_1", "lost"]', related_agents: ['AZOTH'] },
    },
    { id: 'knowledge_private_1', text: 'I doubt it.', category: 'general', visibility: 'private', agent_id: 'VAJRA' },
    {
      ...{ id: 'knowledge_bridges_1', text: 'Let us agree.', visibility: 'bridge', agent_id: 'VAJRA' },
      ...{ related_agents: '["AZOTH"]', category: 'dialogue' },
    },
  ],
};

export const MEMORY = {
  'user.name': { value: 'André', stored_at: '2025-01-01T00:00:00', metadata: {} },
  'a/b': { value: { list: [1, null, true] }, stored_at: '2025-01-01T00:00:00', metadata: { by: 'AZOTH' } },
};

/** A session of ApexFlow v1 in NetworkX's node-link form. */
export const SESSION = {
  directed: true,
  multigraph: false,
  graph: {
    ...{ session_id: '17620776', original_query: 'Compare two databases', created_at: '2025-11-02T09:00:00' },
    ...{ status: 'completed', globals_schema: { found_T001: ['a', 'b'], answer_T002: 'Postgres it is.' } },
  },
  nodes: [
    { id: 'ROOT', agent: 'System', status: 'completed' },
    {
      ...{ id: 'T001', agent: 'RetrieverAgent', description: 'Find both', agent_prompt: 'Search', reads: [] },
      ...{ writes: ['found_T001'], status: 'completed', output: { found_T001: ['a', 'b'] }, execution_time: '1.5' },
    },
    {
      ...{ id: 'T002', agent: 'FormatterAgent', reads: ['found_T001'], writes: ['answer_T002'], status: 'failed' },
      ...{ error: 'rate limit', end_time: '2025-11-02T09:05:00' },
    },
  ],
  edges: [{ source: 'ROOT', target: 'T001' }],
};

export const REMME = {
  memories: [
    {
      id: 'm1',
      text: 'The user lives in Lisbon.',
      category: 'personal',
      created_at: '2025-05-05T00:00:00',
      embedding: [1, 2],
    },
  ],
};

export const HUBS = {
  preferences: { output_contract: { verbosity: { default: 'concise' } }, meta: { confidence: 0.7 } },
  operating_ctx: { environment: { os: 'Debian' }, runtime_environments: ['node', 'python'] },
  soft_identity: { pets: { has_cat: true } },
  staging_queue: { items: [{ raw: 1 }] },
};
