import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { readOperation } from './api-operation.ts';
import { type ApiAnswer, type ApiCaller, callApi } from './call-api.ts';
import { MCP_TOOLS } from './mcp-tools.ts';

/** The characters of one result. Clients give all of it to a model. */
const SHOWN_CHARACTERS = 60_000;

/** Calls a tool: one request to our API. What the API refuses is a result that the client's model reads. */
export async function callTool(
  name: string,
  given: Record<string, unknown>,
  caller: ApiCaller,
): Promise<CallToolResult> {
  const tool = MCP_TOOLS.find((candidate) => candidate.name === name);
  if (tool === undefined) return failed(`There is no tool ${cutText(name, 100)}.`);
  const operation = await readOperation(tool.operation, tool.offers);
  const unknown = Object.keys(given).find((argument) => !Object.hasOwn(operation.schema.properties, argument));
  if (unknown !== undefined) return failed(`The tool ${name} has no argument ${cutText(unknown, 100)}.`);
  const missing = operation.schema.required.find((argument) => given[argument] === undefined);
  if (missing !== undefined) return failed(`The tool ${name} needs the argument ${missing}.`);
  const answer = await callApi(operation, { ...given, ...tool.fixed }, caller);
  return answer.status < 400 ? succeeded(answer) : failed(describeProblem(answer));
}

function succeeded({ text, json, isCut }: ApiAnswer): CallToolResult {
  if (text === '') return { content: [{ type: 'text', text: 'Done.' }] };
  if (!isCut && text.length <= SHOWN_CHARACTERS)
    return { content: [{ type: 'text', text }], ...(json === undefined ? {} : { structuredContent: json }) };
  const note = `[The answer is longer than ${SHOWN_CHARACTERS} characters; the rest is left out. Ask for less, such as a smaller limit.]`;
  return { content: [{ type: 'text', text: `${cutText(text, SHOWN_CHARACTERS)}\n${note}` }] };
}

function failed(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] };
}

const ProblemBody = z.object({
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** Returns the title, the status and the detail of a refusal, and what is wrong with which field. */
export function describeProblem({ status, json }: ApiAnswer): string {
  const problem = ProblemBody.safeParse(json).data;
  if (problem === undefined) return `The request failed with status ${status}.`;
  const fields = problem.errors.map(({ path, message }) => `- ${path}: ${message}`);
  return [`${problem.title} (${problem.status}): ${problem.detail}`, ...fields].join('\n');
}
