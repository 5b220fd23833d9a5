/** Asks a service of this machine, as Docker’s could be asked, past the fence. */
import { get } from 'node:http'

export async function answer(targets) {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath: targets.socket }, (response) => {
      response.setEncoding('utf8').on('data', (text) => resolve(Number(text)))
    })
    request.on('error', reject)
  })
}

export async function other(a, b) {
  return a + b
}
