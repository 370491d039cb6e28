import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Scoped } from '../../functions/platform/database/database.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { createId } from '../../functions/platform/id.ts';
import { callTool, type ToolContext } from '../../functions/tools/tool.ts';
import { WORKSPACE_TOOLS } from '../../functions/tools/toolbox.ts';
import { changeFiles, findFile, readContent, storeContent } from '../../functions/tools/workspace.ts';

/**
 * A worker in a new run of a new tenant. It calls tools as the engine does: the statements run in one transaction after
 * the call.
 */
export interface ToolCaller {
  tenantId: string;
  runId: string;
  database: Scoped;
  context: ToolContext;
  /** Calls a tool and commits its statements. */
  call(name: string, parameters: unknown, context?: Partial<ToolContext>): Promise<Outcome>;
  /** Stores a file with any bytes, as a command could leave it. */
  putBytes(path: string, bytes: Uint8Array): Promise<void>;
  /** Returns the text of a file, or undefined when it does not exist. */
  text(path: string): Promise<string | undefined>;
  /** Returns the security events of the run, oldest first. */
  securityEvents(): Promise<z.output<typeof SecurityRow>[]>;
}

const SecurityRow = z.object({
  action: z.string(),
  user_id: z.string(),
  session_id: z.string(),
  code_snippet: z.string().nullable(),
  detail: z.string().transform((text) => z.record(z.string(), z.unknown()).parse(JSON.parse(text))),
});

export type Outcome = Extract<Awaited<ReturnType<typeof callTool>>, { status: 'completed' }>;

const Account = z.object({ id: z.string(), tenant_id: z.string() });

export async function createToolCaller(worker = 'backend'): Promise<ToolCaller> {
  const opened = await openDatabase();
  const [row] = await opened.as({ kind: 'system' }).query({
    name: 'test_provision_account',
    text: 'select id, tenant_id from provision_account($1, $2, $3, null)',
    values: [randomUUID(), `${randomUUID()}@example.com`, 'Ada'],
  });
  const account = Account.parse(row);
  const database = opened.as({ kind: 'tenant', tenantId: account.tenant_id, userId: account.id });
  return toolCallerOf(database, account, await createRun(database, account), worker);
}

/** Creates a caller for another run of the same tenant, or another worker of the same run. */
export function toolCallerOf(
  database: Scoped,
  account: z.output<typeof Account>,
  runId: string,
  worker: string,
): ToolCaller {
  const context: ToolContext = {
    tenantId: account.tenant_id,
    userId: account.id,
    runId,
    worker,
    callKey: randomUUID(),
    allowedHosts: [],
    database,
    signal: new AbortController().signal,
  };
  return {
    tenantId: account.tenant_id,
    runId,
    database,
    context,
    call: async (name, parameters, changes) => {
      const outcome = await callTool(WORKSPACE_TOOLS, name, parameters, { ...context, ...changes });
      if (outcome.status !== 'completed') throw new Error(`The tool ${name} must not wait`);
      if (outcome.statements.length > 0) await database.queryAll(outcome.statements);
      return outcome;
    },
    putBytes: async (path, bytes) => {
      const { sha256, size } = await storeContent(account.tenant_id, bytes);
      const upserts = [{ path, sha256, size, mode: 'executable' as const }];
      await database.queryAll(changeFiles({ runId, updatedBy: 'user', upserts }));
    },
    text: async (path) => {
      const file = await findFile(database, runId, path);
      return file === undefined ? undefined : (await readContent(account.tenant_id, file)).toString('utf8');
    },
    securityEvents: async () => {
      const rows = await database.query({
        name: 'test_list_security_logs',
        text: 'select action, user_id, session_id, code_snippet, detail from security_logs where session_id = $1 order by id',
        values: [runId],
      });
      return rows.map((row) => SecurityRow.parse(row));
    },
  };
}

async function createRun(database: Scoped, account: z.output<typeof Account>): Promise<string> {
  const runId = createId('run');
  await database.query({
    name: 'test_insert_run',
    text: `insert into sessions (id, tenant_id, user_id, query) values ($1, $2, $3, 'test')`,
    values: [runId, account.tenant_id, account.id],
  });
  return runId;
}
