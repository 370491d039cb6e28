import { createServer } from 'node:http';
import pg from 'pg';

/** The minimum that answers the query: no token, tenant, schema or router. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.DB_POOL_MAX) });

const server = createServer(async (request, response) => {
  const id = request.url?.split('/').at(-1);
  const { rows } = await pool.query({
    name: 'find',
    text: 'select id, name, email from bench_people where id = $1',
    values: [id],
  });
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(rows[0]));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
