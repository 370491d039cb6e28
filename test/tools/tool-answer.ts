import { callTool, type Tool, type ToolContext } from '../../functions/tools/tool.ts';

/** Calls a tool that needs nothing but its arguments. Returns its answer; a failure begins with `! `. */
export async function answerOf(tool: Tool, parameters: unknown): Promise<string> {
  const context = { signal: new AbortController().signal } as ToolContext;
  const outcome = await callTool([tool], tool.name, parameters, context);
  if (outcome.status !== 'completed') throw new Error(`${tool.name} must not wait`);
  return outcome.isError ? `! ${outcome.output}` : outcome.output;
}
