import { placeOf } from '../../../functions/identity/secret.ts';
import { upsertSecret } from '../../../functions/identity/sql/secrets.ts';
import { createId } from '../../../functions/platform/id.ts';
import { seal } from '../../../functions/platform/secrets/envelope.ts';
import type { Tool, ToolContext, ToolOutcome } from '../../../functions/tools/tool.ts';
import { changeFiles, storeContent } from '../../../functions/tools/workspace.ts';
import { createToolCaller, type ToolCaller } from '../../tools/tool-caller.ts';

/** Calls tools that reach other systems as the engine does: asks for approval, executes, and writes the statements. */
export interface OutsideCaller extends ToolCaller {
  /** Writes files of the run; null deletes a file. */
  write(files: Record<string, string | null>): Promise<void>;
  putSecret(name: string, value: string): Promise<void>;
  /** Returns the run's registered repository. */
  repository(): Promise<unknown>;
  /** Executes the tool and writes its statements. */
  execute(tool: Tool, parameters: unknown, context?: Partial<ToolContext>): Promise<ToolOutcome>;
  recover(tool: Tool, parameters: unknown, context?: Partial<ToolContext>): Promise<ToolOutcome | undefined>;
  ask(tool: Tool, parameters: unknown, context?: Partial<ToolContext>): ReturnType<NonNullable<Tool['approval']>>;
  /** Returns the approval of this request for the context. */
  allowed(request: { fingerprint?: string }): NonNullable<ToolContext['approved']>;
}

export async function createOutsideCaller(repository?: string): Promise<OutsideCaller> {
  const caller = await createToolCaller();
  const { database, runId, tenantId, context } = caller;
  if (repository)
    await database.query({
      name: 'test_register_repository',
      text: 'update sessions set github_repo = $2 where id = $1',
      values: [runId, repository],
    });
  const commit = async (outcome: ToolOutcome) => {
    if (outcome.status === 'completed' && outcome.statements.length > 0) await database.queryAll(outcome.statements);
    return outcome;
  };
  const parse = (tool: Tool, parameters: unknown) => tool.parameters.parse(parameters);
  return {
    ...caller,
    write: async (files) => {
      const upserts: { path: string; sha256: string; size: number; mode: 'regular' }[] = [];
      for (const [path, text] of Object.entries(files))
        if (text !== null)
          upserts.push({ path, mode: 'regular', ...(await storeContent(tenantId, Buffer.from(text))) });
      const deletes = Object.keys(files).filter((path) => files[path] === null);
      await database.queryAll(changeFiles({ runId, updatedBy: 'backend', upserts, deletes }));
    },
    putSecret: async (name, value) => {
      await upsertSecret(database, {
        ...(await seal(value, placeOf(tenantId, name, 1))),
        id: createId('sec'),
        name,
        version: 1,
      });
    },
    repository: async () => {
      const [row] = await database.query<{ github_repo: unknown }>({
        name: 'test_find_repository',
        text: 'select github_repo from sessions where id = $1',
        values: [runId],
      });
      return row?.github_repo;
    },
    execute: async (tool, parameters, changes) =>
      commit(await tool.execute(parse(tool, parameters), { ...context, ...changes })),
    recover: async (tool, parameters, changes) => {
      const outcome = await tool.recover?.(parse(tool, parameters), { ...context, ...changes });
      return outcome && commit(outcome);
    },
    ask: async (tool, parameters, changes) => {
      if (tool.approval === undefined) throw new Error(`${tool.name} needs no approval`);
      return tool.approval(parse(tool, parameters), { ...context, ...changes });
    },
    allowed: ({ fingerprint }) => ({
      by: context.userId,
      at: new Date().toISOString(),
      fingerprint: fingerprint ?? null,
    }),
  };
}
