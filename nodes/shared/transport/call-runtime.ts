import type {
  IDataObject,
  IExecuteFunctions,
  IHttpRequestMethods,
  IHttpRequestOptions,
  ILoadOptionsFunctions,
  IN8nHttpFullResponse,
  ITriggerFunctions,
  IWebhookFunctions,
} from 'n8n-workflow';
import { parseBaseUrl } from './base-url';
import { errorOfAnswer, errorOfBaseUrl, errorOfSilence, RuntimeError } from './runtime-error';

/** Every place of n8n from which a node calls the runtime. */
export type RuntimeContext =
  IExecuteFunctions | ILoadOptionsFunctions | ITriggerFunctions | IWebhookFunctions;

export type RuntimeCall = {
  method?: IHttpRequestMethods;
  /** Starts with a slash; ids in it are encoded with `encodeURIComponent`. */
  path: string;
  query?: IDataObject;
  body?: IDataObject;
  timeoutMs?: number;
};

export const credentialName = 'roomflowApi';

/** @throws RuntimeError `invalid-base-url` */
export async function getBaseUrl(context: RuntimeContext): Promise<string> {
  const { baseUrl } = await context.getCredentials<{ baseUrl: unknown }>(credentialName);
  try {
    return parseBaseUrl(baseUrl);
  } catch {
    throw errorOfBaseUrl(baseUrl);
  }
}

/** The code of what lies behind a failed request, as `ECONNREFUSED`. */
export function causeOf(error: unknown): string {
  for (let current: unknown = error; typeof current === 'object' && current !== null;) {
    if ('code' in current && typeof current.code === 'string') {
      return current.code;
    }
    current = 'cause' in current ? current.cause : undefined;
  }
  return error instanceof Error ? error.message : String(error);
}

/** How a call went, for a caller that goes another way after some errors. */
export type Outcome<T> = { value: T } | { error: RuntimeError };

async function send(
  context: RuntimeContext,
  baseUrl: string,
  options: Partial<IHttpRequestOptions> & { url: string },
): Promise<Outcome<IN8nHttpFullResponse>> {
  try {
    const answer: unknown = await context.helpers.httpRequestWithAuthentication.call(
      context,
      credentialName,
      {
        returnFullResponse: true,
        // The runtime's own error body says more than n8n's text for a status.
        ignoreHttpStatusErrors: true,
        ...options,
      },
    );
    return { value: answer as IN8nHttpFullResponse };
  } catch (error) {
    return { error: errorOfSilence(baseUrl, causeOf(error)) };
  }
}

/**
 * One call of the runtime's HTTP API, with what became of it.
 *
 * @typeParam T what the contract promises for this path
 * @throws RuntimeError `invalid-base-url` only
 */
export async function attemptRuntime<T>(context: RuntimeContext, call: RuntimeCall): Promise<Outcome<T>> {
  const baseUrl = await getBaseUrl(context);
  const sent = await send(context, baseUrl, {
    method: call.method ?? 'GET',
    url: `${baseUrl}${call.path}`,
    ...(call.query === undefined ? {} : { qs: call.query }),
    ...(call.body === undefined ? {} : { body: call.body }),
    json: true,
    timeout: call.timeoutMs ?? 30_000,
  });
  if ('error' in sent) {
    return sent;
  }
  const { statusCode, body } = sent.value;
  return statusCode >= 400 ? { error: errorOfAnswer(statusCode, body, baseUrl) } : { value: body as T };
}

/**
 * One call of the runtime's HTTP API.
 *
 * @typeParam T what the contract promises for this path
 * @throws RuntimeError worded for the person who builds the workflow
 */
export async function callRuntime<T>(context: RuntimeContext, call: RuntimeCall): Promise<T> {
  const outcome = await attemptRuntime<T>(context, call);
  if ('error' in outcome) {
    throw outcome.error;
  }
  return outcome.value;
}

/**
 * Sends a file as the body of a call.
 *
 * @typeParam T what the contract promises for this path
 * @throws RuntimeError worded for the person who builds the workflow
 */
export async function uploadToRuntime<T>(
  context: RuntimeContext,
  upload: { path: string; query: IDataObject; body: Buffer | ByteStream; contentType: string },
): Promise<T> {
  const baseUrl = await getBaseUrl(context);
  const sent = await send(context, baseUrl, {
    method: 'POST',
    url: `${baseUrl}${upload.path}`,
    qs: upload.query,
    body: upload.body,
    headers: { 'content-type': upload.contentType },
    json: true,
    timeout: 300_000,
  });
  if ('error' in sent) {
    throw sent.error;
  }
  const { statusCode, body } = sent.value;
  if (statusCode >= 400) {
    throw errorOfAnswer(statusCode, body, baseUrl);
  }
  return body as T;
}

/** A Node.js readable stream, named without importing a built-in module. */
export type ByteStream = Extract<IN8nHttpFullResponse['body'], { pipe: unknown }>;

function isStream(body: IN8nHttpFullResponse['body']): body is ByteStream {
  return typeof body === 'object' && body !== null && 'pipe' in body && typeof body.pipe === 'function';
}

/**
 * The bytes of a file the runtime serves, as a stream: a recording does not fit in memory.
 *
 * @throws RuntimeError
 */
export async function downloadFromRuntime(context: RuntimeContext, path: string): Promise<ByteStream> {
  const baseUrl = await getBaseUrl(context);
  const sent = await send(context, baseUrl, {
    url: `${baseUrl}${path}`,
    encoding: 'stream',
    timeout: 300_000,
  });
  if ('error' in sent) {
    throw sent.error;
  }
  const response = sent.value;
  if (response.statusCode < 400 && isStream(response.body)) {
    return response.body;
  }
  throw new RuntimeError({
    code: 'file-not-found',
    status: response.statusCode,
    message: 'The file could not be downloaded',
    description: `The runtime answered ${response.statusCode} for ${path}. It may have been deleted.`,
    retryable: response.statusCode >= 500,
  });
}
