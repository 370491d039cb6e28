import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { AgentType } from '../agent-type.ts';

const COLUMNS = 'name, description, instruction, tools, turns, model, false as is_builtin, updated_at';

/** Inserts a type. Returns undefined when the tenant has a type of this name. */
export async function insertAgentType(
  queryable: Queryable,
  { name, description, instruction, tools, turns, model }: Omit<AgentType, 'is_builtin' | 'updated_at'>,
): Promise<AgentType | undefined> {
  const [row] = await queryable.query<AgentType>({
    name: 'insert_agent_type',
    text: `insert into agent_types (tenant_id, name, description, instruction, tools, turns, model, updated_by)
      values (current_tenant_id(), $1, $2, $3, $4, $5, $6, current_user_id())
      on conflict (tenant_id, name) do nothing returning ${COLUMNS}`,
    values: [name, description, instruction, tools, turns, model],
  });
  return row;
}

/** Raises AF409 when the tenant has `most` types. */
export function refuseTooManyAgentTypes(most: number): Statement {
  return {
    name: 'refuse_too_many_agent_types',
    text: `select refuse('AF409', 'too many types', 'Your tenant has the maximum number of types. Delete one first.')
      where (select count(*) from agent_types where tenant_id = current_tenant_id()) >= $1`,
    values: [most],
  };
}

/** Lists the types of the tenant by name. */
export async function listAgentTypes(queryable: Queryable, limit: number): Promise<AgentType[]> {
  return queryable.query<AgentType>({
    name: 'list_agent_types',
    text: `select ${COLUMNS} from agent_types where tenant_id = current_tenant_id() order by name limit $1`,
    values: [limit],
  });
}

/** Returns a type of the tenant, or undefined. */
export async function findAgentType(queryable: Queryable, name: string): Promise<AgentType | undefined> {
  const [row] = await queryable.query<AgentType>({
    name: 'find_agent_type',
    text: `select ${COLUMNS} from agent_types where tenant_id = current_tenant_id() and name = $1`,
    values: [name],
  });
  return row;
}

/** Updates what is given; a model of null removes it. Returns undefined when there is no such type. */
export async function updateAgentType(
  queryable: Queryable,
  name: string,
  change: { [Field in keyof Omit<AgentType, 'name' | 'is_builtin' | 'updated_at'>]?: AgentType[Field] | undefined },
): Promise<AgentType | undefined> {
  const [row] = await queryable.query<AgentType>({
    name: 'update_agent_type',
    text: `update agent_types set description = coalesce($2, description), instruction = coalesce($3, instruction),
        tools = coalesce($4, tools), turns = coalesce($5, turns), model = case when $6 then $7 else model end,
        updated_at = clock_timestamp(), updated_by = current_user_id()
      where tenant_id = current_tenant_id() and name = $1 returning ${COLUMNS}`,
    values: [
      name,
      change.description,
      change.instruction,
      change.tools,
      change.turns,
      change.model !== undefined,
      change.model,
    ],
  });
  return row;
}

/** Deletes a type. Its agents keep what they were spawned with. Returns whether there was one. */
export async function deleteAgentType(queryable: Queryable, name: string): Promise<boolean> {
  const rows = await queryable.query({
    name: 'delete_agent_type',
    text: 'delete from agent_types where tenant_id = current_tenant_id() and name = $1 returning name',
    values: [name],
  });
  return rows.length > 0;
}
