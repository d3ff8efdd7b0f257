// What both peers share: the rows, a stop-watch, the form of the answer.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

export const EDITS = 1000

export async function rowsOf(path) {
  const rows = []
  for await (const line of createInterface({ input: createReadStream(path) })) {
    rows.push(JSON.parse(line))
  }
  return rows
}

export async function seconds(work) {
  const before = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - before) / 1e9
}

export function must(holds, words) {
  if (!holds) throw new Error(words)
}

export function answer(found) {
  process.stdout.write(JSON.stringify(found) + '\n')
}
