import { createApiKey } from '../../../functions/identity/endpoints/create-api-key.ts';
import { register } from '../../../functions/identity/endpoints/register.ts';
import { createId } from '../../../functions/platform/id.ts';
import { addMcpServer } from '../../../functions/tools/endpoints/add-mcp-server.ts';
import { getMcpServer } from '../../../functions/tools/endpoints/get-mcp-server.ts';
import { listMcpServerTools } from '../../../functions/tools/endpoints/list-mcp-server-tools.ts';
import { listMcpServers } from '../../../functions/tools/endpoints/list-mcp-servers.ts';
import { pinMcpServer } from '../../../functions/tools/endpoints/pin-mcp-server.ts';
import { removeMcpServer } from '../../../functions/tools/endpoints/remove-mcp-server.ts';
import { testMcpServer } from '../../../functions/tools/endpoints/test-mcp-server.ts';
import { updateMcpServer } from '../../../functions/tools/endpoints/update-mcp-server.ts';
import { useMcpAccess } from '../../../functions/tools/mcp/mcp-access.ts';
import type { WebAccess } from '../../../functions/tools/web/web-access.ts';
import { asOwner } from '../../support/owner.ts';
import { LOOK_UP, PUBLISH, type ScriptedMcp, startScriptedMcp } from '../../support/scripted-mcp.ts';
import { type Answer, type Person, startServer } from '../../support/server.ts';
import { loopbackWeb } from '../web/web-server.ts';

/** The endpoints of MCP servers, an admin, and a scripted MCP server whose host name resolves to loopback. */
export interface ServedMcp {
  admin: Person;
  scripted: ScriptedMcp;
  /** The URL of the scripted server under a public name. */
  url: string;
  /** Calls a path below /api/v1/tenant/mcp-servers. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** Adds the scripted server under a new name. Returns its id. */
  add(fields?: Record<string, unknown>): Promise<string>;
  /** Adds the scripted server, tests it and approves its tools. */
  approve(fields?: Record<string, unknown>): Promise<string>;
  /** Replaces the network until `close`. */
  useWeb(access: WebAccess): void;
  signUp(): Promise<Person>;
  /** Returns the status of a call with a key of the admin that has no scope `tenant:admin`, and without a token. */
  refusals(method: string, path: string, body?: unknown): Promise<number[]>;
  close(): Promise<void>;
}

export const NOWHERE = `/${createId('mcp')}`;

export async function serveMcpServers(): Promise<ServedMcp> {
  const endpoints = [addMcpServer, getMcpServer, listMcpServers, listMcpServerTools, testMcpServer, pinMcpServer];
  const server = await startServer([register, createApiKey, ...endpoints, updateMcpServer, removeMcpServer]);
  const scripted = await startScriptedMcp([LOOK_UP, PUBLISH]);
  useMcpAccess(loopbackWeb());
  const admin = await server.signUp();
  const url = scripted.url.replace('127.0.0.1', 'tools.example.com');
  const call: ServedMcp['call'] = (method, path, body, token = admin.token) =>
    server.call(method, `/api/v1/tenant/mcp-servers${path}`, { token, body });
  let count = 0;
  const add: ServedMcp['add'] = async (fields) => {
    count += 1;
    const answer = await call('POST', '', { name: `server-${count}`, url, ...fields });
    if (answer.status !== 201) throw new Error(`The server was not added: ${JSON.stringify(answer.body)}`);
    return answer.body.id;
  };
  return {
    admin,
    scripted,
    url,
    call,
    add,
    approve: async (fields) => {
      const id = await add(fields);
      const { body } = await call('POST', `/${id}/test`);
      const pinned = await call('POST', `/${id}/pin`, { hash: body.listed_hash });
      if (pinned.status !== 200) throw new Error(`The server was not approved: ${JSON.stringify([body, pinned.body])}`);
      return id;
    },
    useWeb: useMcpAccess,
    signUp: () => server.signUp(),
    refusals: async (method, path, body) => {
      const scopes = { name: 'all but admin', scopes: ['tenant:read', 'tenant:write', 'tools:admin'] };
      const { key } = (await server.call('POST', '/api/v1/auth/api-keys', { token: admin.token, body: scopes })).body;
      const bare = await server.call(method, `/api/v1/tenant/mcp-servers${path}`, { body });
      return [(await call(method, path, body, key)).status, bare.status];
    },
    close: async () => {
      useMcpAccess(undefined);
      await server.close();
      await scripted.close();
    },
  };
}

/** Returns the row of a server, as the owner of the database sees it. */
export async function storedServer(id: string): Promise<string> {
  const [row] = await asOwner('select to_jsonb(s)::text as line from mcp_servers s where id = $1', [id]);
  return String(row?.line);
}
