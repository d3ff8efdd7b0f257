// WatermelonDB on better-sqlite3 here; its own pull and push functions speak to the desk's
// PostgreSQL in this process: no service between, no rights, no ledger, no verdicts.
// usage: node watermelon.mjs ROWS.jsonl FOLDER DSN
import { createRequire } from 'node:module'
import { join } from 'node:path'
import pg from 'pg'
import { EDITS, answer, must, rowsOf, seconds } from './common.mjs'

const require = createRequire(import.meta.url)
const { Database, Model, appSchema, tableSchema, Q } = require('@nozbe/watermelondb')
const SQLiteAdapter = require('@nozbe/watermelondb/adapters/sqlite').default
const { synchronize } = require('@nozbe/watermelondb/sync')

const [file, folder, dsn] = process.argv.slice(2)
const NUMBERS = new Set(['year', 'serial', 'claim_fen', 'scope', 'ver', 'preserved', 'debtor_asked', 'sealed'])

const rows = await rowsOf(file)
const columns = Object.keys(rows[0]).filter((name) => name !== 'id')

class Case extends Model {
  static table = 'cases'
}
const schema = appSchema({
  version: 1,
  tables: [
    tableSchema({
      name: 'cases',
      columns: columns.map((name) => ({
        name,
        type: NUMBERS.has(name) ? 'number' : 'string',
        isOptional: true,
      })),
    }),
  ],
})

const parts = Object.fromEntries(dsn.split(' ').map((part) => part.split('=')))
const server = new pg.Client({
  host: parts.host,
  port: Number(parts.port),
  user: parts.user,
  database: parts.dbname,
})
await server.connect()
await server.query('create schema peer')
await server.query(`create table peer.cases (id text primary key, ${columns
  .map((name) => `"${name}" ${NUMBERS.has(name) ? 'bigint' : 'text'}`)
  .join(', ')}, moved bigint not null)`)
await server.query('create index on peer.cases (moved)')
await server.query(
  `insert into peer.cases select id, ${columns.map((c) => `"${c}"`).join(', ')}, 1
   from json_populate_recordset(null::peer.cases, $1)`,
  [JSON.stringify(rows)],
)
pg.types.setTypeParser(20, Number)

const database = new Database({
  adapter: new SQLiteAdapter({ dbName: join(folder, 'here'), schema, migrations: undefined }),
  modelClasses: [Case],
})

let pulled = 0
let pushed = 0
const listed = ['id', ...columns].map((name) => `"${name}"`).join(', ')

async function exchange() {
  await synchronize({
    database,
    pullChanges: async ({ lastPulledAt }) => {
      const since = lastPulledAt ?? 0
      const now = (await server.query('select max(moved) as now from peer.cases')).rows[0].now
      const found = await server.query(`select ${listed} from peer.cases where moved > $1`, [since])
      pulled += found.rows.length
      const whole = since === 0
      return {
        changes: {
          cases: { created: whole ? found.rows : [], updated: whole ? [] : found.rows, deleted: [] },
        },
        timestamp: now,
      }
    },
    pushChanges: async ({ changes }) => {
      const edits = changes.cases.updated
      const next = (await server.query('select max(moved) + 1 as next from peer.cases')).rows[0].next
      await server.query('begin')
      await server.query(
        'update peer.cases c set cause = e.cause, moved = $2' +
          ' from json_to_recordset($1) as e(id text, cause text) where c.id = e.id',
        [JSON.stringify(edits.map(({ id, cause }) => ({ id, cause }))), next],
      )
      await server.query('commit')
      pushed += edits.length
    },
  })
}

const bootstrap = await seconds(exchange)
must(pulled === rows.length, `pulled ${pulled}`)
must((await database.get('cases').query().fetchCount()) === rows.length, 'rows are missing here')

pulled = 0
await server.query('update peer.cases set remarks = $1, moved = 2 where serial <= $2', ['改过', EDITS])
const pull = await seconds(exchange)
must(pulled === EDITS, `pulled ${pulled}`)

await database.write(async () => {
  const some = await database
    .get('cases')
    .query(Q.where('serial', Q.gt(EDITS)), Q.where('serial', Q.lte(2 * EDITS)))
    .fetch()
  await database.batch(
    some.map((one) => one.prepareUpdate((row) => row._setRaw('cause', '借款'))),
  )
})
const push = await seconds(exchange)
must(pushed === EDITS, `pushed ${pushed}`)
await server.query('drop schema peer cascade')
await server.end()
answer({ bootstrap, pull, push })
process.exit(0)
