// Drives tus-js-client as it is: node upload.mjs <endpoint> <file> <JSON of options>. Prints one line of JSON.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const tus = createRequire(`${process.cwd()}/`)('tus-js-client')
const [endpoint, file, given] = process.argv.slice(2)
const { abortAfter, ...options } = JSON.parse(given)
const told = []
let aborted = false

const upload = new tus.Upload(readFileSync(file), {
  endpoint,
  retryDelays: [50, 100, 200, 400, 800, 800, 800, 800, 800, 800, 800, 800],
  ...options,
  onError(error) {
    console.log(JSON.stringify({ error: String(error), told }))
    process.exit(1)
  },
  onChunkComplete(_, bytesAccepted) {
    told.push(bytesAccepted)
    if (abortAfter && !aborted && bytesAccepted >= abortAfter) {
      aborted = true
      upload.abort().then(() => upload.start())
    }
  },
  onSuccess() {
    console.log(JSON.stringify({ url: upload.url, told, aborted }))
  },
})
upload.start()
