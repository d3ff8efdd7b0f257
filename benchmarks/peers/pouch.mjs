// PouchDB on LevelDB here, pouchdb-server on LevelDB there, HTTP between them on the loopback.
// usage: node pouch.mjs ROWS.jsonl FOLDER
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import PouchDB from 'pouchdb'
import { EDITS, answer, must, rowsOf, seconds } from './common.mjs'

const [file, folder] = process.argv.slice(2)
const TIMES = 3 // of each the quickest
const BATCH = 1000 // documents a request; it comes with 100

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => done(port))
    })
  })
}

async function startServer() {
  const port = await freePort()
  const there = join(folder, 'there')
  mkdirSync(there, { recursive: true })
  const program = join(import.meta.dirname, 'node_modules/pouchdb-server/bin/pouchdb-server')
  const server = spawn(process.execPath, [program, '--port', port, '--dir', there, '--no-stdout-logs'], {
    cwd: there,
    stdio: 'ignore',
  })
  for (let tries = 0; ; tries += 1) {
    try {
      await fetch(`http://127.0.0.1:${port}/`)
      return { server, url: `http://127.0.0.1:${port}/cases` }
    } catch (fault) {
      if (tries > 100) throw fault
      await new Promise((done) => setTimeout(done, 100))
    }
  }
}

async function fill(remote, rows) {
  for (let at = 0; at < rows.length; at += BATCH) {
    const part = rows.slice(at, at + BATCH).map(({ id, ...rest }) => ({ _id: id, ...rest }))
    const told = await remote.bulkDocs(part)
    must(told.every((one) => one.ok), 'a document was refused')
  }
}

async function changed(database, ids, word) {
  const found = await database.allDocs({ keys: ids, include_docs: true })
  const told = await database.bulkDocs(found.rows.map((row) => ({ ...row.doc, ...word })))
  must(told.every((one) => one.ok), 'an edit was refused')
}

// A first pull, a pull of what changed and a push, into a database of its own. Its first push reads
// the whole local feed; the second shows the speed it has afterwards. `at`: which rows are changed.
async function exchanged(remote, name, options, at) {
  const here = new PouchDB(join(folder, name))
  const ids = rows.slice(at, at + 2 * EDITS).map((row) => row.id)
  const bootstrap = await seconds(() => here.replicate.from(remote, options))
  must((await here.info()).doc_count === rows.length, 'rows are missing here')
  let told
  let first
  const pulls = []
  const pushes = []
  for (let number = 0; number < TIMES; number += 1) {
    await changed(remote, ids.slice(0, EDITS), { remarks: `改过${name}${number}` })
    pulls.push(await seconds(async () => { told = await here.replicate.from(remote, options) }))
    must(told.docs_written === EDITS, `pulled ${told.docs_written}`)
    if (number === 0) first = await seconds(() => here.replicate.to(remote, options))
    await changed(here, ids.slice(EDITS), { cause: `借款${name}${number}` })
    pushes.push(await seconds(async () => { told = await here.replicate.to(remote, options) }))
    must(told.docs_written === EDITS, `pushed ${told.docs_written}`)
  }
  const [pull, push] = [Math.min(...pulls), Math.min(...pushes)]
  return { bootstrap, pull, push, first_feed: first }
}

const rows = await rowsOf(file)
const { server, url } = await startServer()
try {
  const remote = new PouchDB(url)
  await fill(remote, rows)
  const tuned = await exchanged(remote, 'tuned', { batch_size: BATCH }, 0)
  const given = await exchanged(remote, 'given', {}, 2 * EDITS)
  answer({ ...tuned, as_given: given })
} finally {
  server.kill('SIGKILL')
}
process.exit(0)
