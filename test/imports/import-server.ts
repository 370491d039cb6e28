import { deleteConversation } from '../../functions/chat/endpoints/delete-conversation.ts';
import { exportConversation } from '../../functions/chat/endpoints/export-conversation.ts';
import { listConversations } from '../../functions/chat/endpoints/list-conversations.ts';
import { listMessages } from '../../functions/chat/endpoints/list-messages.ts';
import { updateConversation } from '../../functions/chat/endpoints/update-conversation.ts';
import { finishUpload } from '../../functions/documents/endpoints/finish-upload.ts';
import { putUploadContent } from '../../functions/documents/endpoints/put-upload-content.ts';
import { readUpload } from '../../functions/documents/endpoints/read-upload.ts';
import { startUpload } from '../../functions/documents/endpoints/start-upload.ts';
import { createApiKey } from '../../functions/identity/endpoints/create-api-key.ts';
import { cancelImport } from '../../functions/imports/endpoints/cancel-import.ts';
import { getImport } from '../../functions/imports/endpoints/get-import.ts';
import { getImportMapping } from '../../functions/imports/endpoints/get-import-mapping.ts';
import { listImportItems } from '../../functions/imports/endpoints/list-import-items.ts';
import { listImportsEndpoint } from '../../functions/imports/endpoints/list-imports.ts';
import { startImport } from '../../functions/imports/endpoints/start-import.ts';
import type { Import, ImportItem } from '../../functions/imports/import.ts';
import { runImportStep } from '../../functions/imports/steps/run-import.ts';
import { sweepImports } from '../../functions/imports/timers/sweep-imports.ts';
import { deleteKey } from '../../functions/memory/endpoints/delete-key.ts';
import { getKey } from '../../functions/memory/endpoints/get-key.ts';
import { getPreferenceProfile } from '../../functions/memory/endpoints/get-preference-profile.ts';
import { listMemories } from '../../functions/memory/endpoints/list-memories.ts';
import { putKey } from '../../functions/memory/endpoints/put-key.ts';
import { searchMemory } from '../../functions/memory/endpoints/search-memory.ts';
import { deleteStatement } from '../../functions/village/endpoints/delete-statement.ts';
import { getStatement } from '../../functions/village/endpoints/get-statement.ts';
import { getThread } from '../../functions/village/endpoints/get-thread.ts';
import { listAgents } from '../../functions/village/endpoints/list-agents.ts';
import { listStatements } from '../../functions/village/endpoints/list-statements.ts';
import { listThreads } from '../../functions/village/endpoints/list-threads.ts';
import { linkStatementStep } from '../../functions/village/steps/link-statement.ts';
import type { Person } from '../entities/people.ts';
import { waitFor } from '../support/local-server.ts';
import { startServer } from '../support/server.ts';

const UPLOADS = [createApiKey, startUpload, putUploadContent, finishUpload, readUpload];
const IMPORTS = [
  ...[startImport, getImport, listImportsEndpoint, listImportItems, cancelImport, getImportMapping],
  ...[runImportStep, sweepImports],
];
const CHATS = [exportConversation, listConversations, listMessages, updateConversation, deleteConversation];
const MEMORY = [getKey, putKey, deleteKey, listMemories, getPreferenceProfile, searchMemory];
const VILLAGE = [listStatements, getStatement, listThreads, getThread, listAgents, deleteStatement, linkStatementStep];

/** The end of an import with its whole report. */
export interface Imported extends Import {
  items: ImportItem[];
}

/** Serves imports and everything that shows what they wrote. */
export async function startImportServer() {
  const server = await startServer([...UPLOADS, ...IMPORTS, ...CHATS, ...MEMORY, ...VILLAGE]);
  /** Calls as a person. Throws for an answer of 400 or more. */
  const as = async (person: Pick<Person, 'token'>, method: string, path: string, body?: unknown) => {
    const answer = await server.call(method, `/api/v1${path}`, { token: person.token, ...(body ? { body } : {}) });
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  /** Uploads a file for an import. Returns its id. */
  const upload = async (person: Pick<Person, 'token'>, file: unknown, filename = 'export.json'): Promise<string> => {
    const bytes =
      file instanceof Uint8Array ? file : Buffer.from(typeof file === 'string' ? file : JSON.stringify(file));
    const started = await as(person, 'POST', '/uploads', { filename, size: bytes.length, purpose: 'import' });
    await fetch(`${server.url}${started.upload.url}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${person.token}` },
      body: new Uint8Array(bytes),
    });
    await as(person, 'POST', `/uploads/${started.id}/finish`);
    return started.id;
  };
  const ended = async (person: Pick<Person, 'token'>, id: string): Promise<Imported> => {
    const done = await waitFor('the end of the import', async () => {
      const found = await as(person, 'GET', `/imports/${id}`);
      return found.status !== 'pending' && found.status !== 'running' && found;
    });
    const { items } = await as(person, 'GET', `/imports/${id}/items?limit=100`);
    return { ...done, items };
  };
  return {
    ...server,
    as,
    upload,
    ended,
    /** Imports files and returns the end with the first hundred lines of its report. */
    run: async (person: Pick<Person, 'token'>, files: readonly unknown[], dryRun = false): Promise<Imported> => {
      const uploads: string[] = [];
      for (const file of files) uploads.push(await upload(person, file));
      const { id } = await as(person, 'POST', '/imports', { uploads, dry_run: dryRun });
      return ended(person, id);
    },
  };
}
export type ImportServer = Awaited<ReturnType<typeof startImportServer>>;
