import { createServer } from 'node:http';

/**
 * The minimum that answers the query of a profile: no signature, user check, tenant, schema or router. The subject is
 * read from the token. With DATABASE_URL it asks PostgreSQL, else an embedded database of its own in memory.
 */
const QUERY = 'select id, email, display_name, role, tenant_id, created_at from users where auth_subject = $1';

type Find = (subject: string) => Promise<unknown>;

async function openServer(url: string): Promise<Find> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: Number(process.env.DB_POOL_MAX) });
  return async (subject) => (await pool.query({ name: 'find', text: QUERY, values: [subject] })).rows[0];
}

async function openEmbedded(): Promise<Find> {
  const { PGlite } = await import('@electric-sql/pglite');
  const engine = await PGlite.create();
  await engine.exec(`create table users (id text primary key, auth_subject text unique, email text, display_name text,
      role text, tenant_id text, created_at timestamptz default now());
    insert into users select 'usr_' || n, 'load-' || n, n || '@example.com', 'user ' || n, 'admin', 'ten_' || n
    from generate_series(0, 999) n`);
  return async (subject) => (await engine.query(QUERY, [subject])).rows[0];
}

const { DATABASE_URL, PORT } = process.env;
const find = await (DATABASE_URL ? openServer(DATABASE_URL) : openEmbedded());

const server = createServer(async (request, response) => {
  const payload = Buffer.from(request.headers.authorization?.split('.')[1] ?? '', 'base64url').toString();
  const found = payload === '' ? {} : await find(JSON.parse(payload).sub);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found));
});
server.listen(Number(PORT), '127.0.0.1');
