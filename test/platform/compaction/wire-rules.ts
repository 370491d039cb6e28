import { expect } from 'vitest';
import type { Capabilities } from '../../../functions/platform/models/capabilities.ts';
import type { ModelMessage, ModelRequest, ProviderName } from '../../../functions/platform/models/model.ts';
import { ServerCapabilities } from '../../../functions/platform/models/providers/adapt-request.ts';
import { toClaudeRequest } from '../../../functions/platform/models/providers/claude-request.ts';
import { toGeminiRequest } from '../../../functions/platform/models/providers/gemini-request.ts';
import { toOpenAIRequest } from '../../../functions/platform/models/providers/openai-request.ts';
import { lookUp } from '../models/providers/provider-bench.ts';

/** Builds the request of each provider as its adapter does, and checks the rules that the provider enforces. */
export function expectValidOnEveryWire(messages: ModelMessage[], window = NO_LIMIT): void {
  expectValidClaude(prepare('claude', 'claude-opus-5-5', messages, window));
  expectValidGemini(prepare('gemini', 'gemini-3.8-flash', messages, window));
  expectValidChat(prepare('openai', 'some-model', messages, window));
}

const NO_LIMIT = 50_000_000;

function prepare(provider: ProviderName, model: string, messages: ModelMessage[], window: number): Prepared {
  const server = new ServerCapabilities(provider, 'http://localhost');
  const request: ModelRequest = {
    model,
    system: 'Be brief.',
    messages,
    tools: [lookUp],
    maxOutputTokens: 1_000,
    capabilities: { context_window: window },
  };
  return { request: server.prepare(request), capabilities: server.of(request) };
}

interface Prepared {
  request: ModelRequest;
  capabilities: Capabilities;
}

interface Block {
  type: string;
  text?: string;
  id?: string;
  tool_use_id?: string;
}

function expectValidClaude({ request, capabilities }: Prepared): void {
  const { messages } = toClaudeRequest(request, undefined, capabilities);
  expectAlternation(messages.map(({ role }) => role));
  const contents = messages.map(({ content }) => content as unknown as Block[]);
  for (const [index, blocks] of contents.entries()) {
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) if (block.type === 'text') expect(block.text?.trim()).not.toBe('');
    const uses = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
    const next = contents[index + 1] ?? [];
    // Results come first in the next message, one for each call.
    expect(next.slice(0, uses.length).map((block) => block.tool_use_id)).toEqual(uses);
    expect(next.filter(({ type }) => type === 'tool_result')).toHaveLength(uses.length);
  }
}

function expectValidGemini({ request }: Prepared): void {
  const { contents } = toGeminiRequest(request, new AbortController().signal);
  const turns = contents as { role: string; parts: Record<string, { id?: string; name?: string } | string>[] }[];
  expectAlternation(turns.map(({ role }) => (role === 'model' ? 'assistant' : role)));
  const named = (index: number, kind: string) =>
    (turns[index]?.parts ?? []).flatMap((part) => {
      const value = part[kind];
      return typeof value === 'object' ? [`${value.id} ${value.name}`] : [];
    });
  for (const [index, { parts }] of turns.entries()) {
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) if (typeof part.text === 'string') expect(part.text.trim()).not.toBe('');
    expect(named(index + 1, 'functionResponse')).toEqual(named(index, 'functionCall'));
    // Gemini 3 rejects a turn whose first call has no signature.
    const first = parts.find((part) => 'functionCall' in part);
    if (first !== undefined) expect(first.thoughtSignature).toBeTypeOf('string');
  }
}

function expectValidChat({ request, capabilities }: Prepared): void {
  const { messages } = toOpenAIRequest(request, capabilities);
  expect(messages[0]?.role).toBe('system');
  const open: string[] = [];
  let previous = 'system';
  for (const message of messages.slice(1)) {
    if (message.role === 'tool') expect(open.shift()).toBe(message.tool_call_id);
    else expect(open).toEqual([]);
    if (previous === 'system') expect(message.role).toBe('user');
    // Chat templates reject two of a role, and Mistral's a question after results. A result has no place for images.
    const hasImages = message.role === 'user' && Array.isArray(message.content);
    if (message.role === 'user') expect(['system', 'assistant', ...(hasImages ? ['tool'] : [])]).toContain(previous);
    if (message.role === 'assistant') {
      expect(['user', 'tool']).toContain(previous);
      open.push(...(message.tool_calls ?? []).map(({ id }) => id));
      if (open.length === 0) expect(message.content).toMatch(/\S/);
    }
    if (message.role === 'user') expect(JSON.stringify(message.content)).toMatch(/\w/);
    previous = message.role;
  }
  expect(open).toEqual([]);
}

function expectAlternation(roles: string[]): void {
  expect(roles).toEqual(roles.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')));
}
