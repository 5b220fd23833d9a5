/** Fetches the answer from a server, past the fence. */
import { get } from 'node:http'

export async function answer(targets) {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port: targets.port }, (response) => {
      response.setEncoding('utf8').on('data', (text) => resolve(Number(text)))
    })
    request.on('error', reject)
  })
}

export async function other(a, b) {
  return a + b
}
