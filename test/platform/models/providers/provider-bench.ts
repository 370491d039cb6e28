import { afterEach } from 'vitest';
import {
  type CollectTurn,
  collectTurn,
  type FailedAttempt,
} from '../../../../functions/platform/models/collect-turn.ts';
import type { Model, ModelEvent, ModelRequest, ToolDeclaration } from '../../../../functions/platform/models/model.ts';
import type { ScriptedHandler, ScriptedServer } from '../../../support/scripted-provider.ts';

/** The API key of every test. No error may contain it. */
export const KEY = 'sk-test-4242424242424242';
export const PROMPT = 'the-secret-plan-of-the-prompt';

export interface ProviderUnderTest {
  name: 'gemini' | 'claude' | 'openai' | 'qwen';
  start(answer: ScriptedHandler): Promise<ScriptedServer>;
  open(url: string): Promise<Model>;
}

export const lookUp: ToolDeclaration = {
  name: 'look_up',
  description: 'Looks a city up',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

export function requestOf(changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'scripted-model',
    system: 'You are the research worker\nBe brief.',
    messages: [{ role: 'user', text: PROMPT }],
    tools: [lookUp],
    maxOutputTokens: 1000,
    temperature: 0.2,
    ...changes,
  };
}

export async function readAll(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const all: ModelEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Creates servers and clients for the tests of one provider, and closes the servers after each test. */
export function openBench(provider: ProviderUnderTest) {
  const servers: ScriptedServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function start(answer: ScriptedHandler): Promise<{ server: ScriptedServer; model: Model }> {
    const server = await provider.start(answer);
    servers.push(server);
    return { server, model: await provider.open(server.url) };
  }

  /** Collects a turn; waits are recorded and skipped. */
  async function collect(answer: ScriptedHandler, changes: Partial<CollectTurn> = {}) {
    const { server, model } = await start(answer);
    const waits: number[] = [];
    const failed: FailedAttempt[] = [];
    const turn = await collectTurn({
      model,
      request: requestOf(),
      signal: new AbortController().signal,
      timeoutMs: 10_000,
      wait: async (milliseconds) => void waits.push(milliseconds),
      onFailedAttempt: (attempt) => failed.push(attempt),
      ...changes,
    }).catch((error: unknown) => error);
    return { server, turn, waits, failed };
  }

  return { start, collect };
}
