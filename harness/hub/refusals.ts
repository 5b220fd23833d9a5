import { HubError } from '../errors.ts'
import type { HubSettings } from './settings.ts'

/** What was asked for, for messages. */
export interface Subject {
  /** `owner/name` */
  repository: string
  revision: string
}

/**
 * What the hub's answer means and what to do about it. Its codes: huggingface_hub `utils/_http.py`,
 * `hf_raise_for_status`.
 */
export function refusal(
  { status, headers, url }: Response,
  { repository, revision }: Subject,
  { endpoint, token, tokenSource }: HubSettings,
): HubError {
  const page = `${endpoint}/${repository}`
  const tokens = `${endpoint}/settings/tokens`
  const said = printable(headers.get('x-error-message') ?? '')
  switch (headers.get('x-error-code')) {
    case 'GatedRepo':
      if (token === null) {
        return new HubError(
          `${repository} is gated: only accounts that accepted its licence may download it, and there is no token here.`,
          `Accept the licence at ${page}, make a token of type Read at ${tokens}, and set HF_TOKEN to it (or run hf auth login).`,
        )
      }
      if (/fine-grained/i.test(said)) {
        return new HubError(
          `The token from ${tokenSource} may not read gated repositories.`,
          `At ${tokens} let it read public gated repositories, or make a token of type Read.`,
        )
      }
      if (/await/i.test(said)) {
        return new HubError(
          `The owner of ${repository} has not yet answered your request for access.`,
          `${page} shows its state; run the same command again when it is granted.`,
        )
      }
      return new HubError(
        `The account of the token from ${tokenSource} has not accepted the licence of ${repository}.`,
        `Read and accept it at ${page} with that account, then run the same command again.`,
      )
    case 'RevisionNotFound':
      return new HubError(
        `${repository} has no revision ${revision}.`,
        `Pass a branch, tag or commit to --revision: ${page}/commits/main lists them.`,
      )
    case 'EntryNotFound':
      return new HubError(
        `${repository} has no file ${decodeURI(new URL(url || page).pathname)}.`,
        `Expected a pipeline in diffusers layout with model_index.json; ${page}/tree/main shows what there is.`,
      )
  }
  if (status === 404 || (status === 401 && headers.get('x-error-code') === 'RepoNotFound')) {
    return new HubError(
      `${endpoint} has no repository ${repository}, or it is private.`,
      'Check the name, owner/name; for a private one set HF_TOKEN to a token that may read it.',
    )
  }
  if (status === 401 && token !== null) {
    return new HubError(
      `${endpoint} does not accept the token from ${tokenSource}${said && `: ${said}`}.`,
      `Make a new one of type Read at ${tokens}.`,
    )
  }
  if (status === 401 || status === 403) {
    return new HubError(
      `${new URL(url || page).host} refused with status ${status}${said && `: ${said}`}.`,
      `Look at ${page} in a browser: it says who may download.`,
    )
  }
  return new HubError(
    `${new URL(url || page).host} answered with status ${status}${said && `: ${said}`}.`,
    status === 429
      ? 'It asks to slow down: run the same command again in some minutes; what was fetched is kept.'
      : 'Run the same command again later: what was fetched is kept.',
  )
}

/** A request that got no answer. */
export function unreachable(url: string, cause: unknown): HubError {
  return new HubError(
    `${new URL(url).host} cannot be reached: ${reasonOf(cause)}.`,
    'Check the network (behind a proxy, Node 24 needs HTTPS_PROXY and NODE_USE_ENV_PROXY=1), then run the same command again.',
    { cause },
  )
}

/** Answers that ended before their time, again and again. */
export function brokenOff(path: string, cause: unknown): HubError {
  return new HubError(
    `The connection breaks off again and again while ${path} arrives: ${reasonOf(cause)}.`,
    'Check the network, then run the same command again: what was fetched is kept.',
    { cause },
  )
}

/** What `fetch` says is "fetch failed" or "terminated"; why lies below. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: NodeJS.ErrnoException }
  return printable(cause?.message || cause?.code || (error as Error).message)
}

/** Text from a server without what would steer a terminal, on one line of bounded length. */
export function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .replace(/\.$/, '')
}
