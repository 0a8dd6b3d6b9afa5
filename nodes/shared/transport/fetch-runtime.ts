import type { ITriggerFunctions } from 'n8n-workflow';
import { causeOf, credentialName, getBaseUrl } from './call-runtime';
import { errorOfAnswer, errorOfSilence } from './runtime-error';

/**
 * A GET of the runtime's HTTP API from a trigger, at any time. n8n signs a request with a credential only while it has
 * called the node itself (n8n 2.40 otherwise refuses: “No bridge acquired for this context”), which a trigger that
 * listens in the background is not; so this one is signed here, as the event socket is.
 *
 * @param call.path starts with a slash; ids in it are encoded with `encodeURIComponent`
 * @throws RuntimeError
 */
export async function fetchFromRuntime(
  context: ITriggerFunctions,
  call: { path: string; timeoutMs: number },
): Promise<Response> {
  const baseUrl = await getBaseUrl(context);
  const { apiKey } = await context.getCredentials<{ apiKey: string }>(credentialName);
  let answer: Response;
  try {
    answer = await fetch(`${baseUrl}${call.path}`, {
      headers: { authorization: apiKey },
      signal: AbortSignal.timeout(call.timeoutMs),
    });
  } catch (error) {
    throw errorOfSilence(baseUrl, causeOf(error));
  }
  if (!answer.ok) {
    const body: unknown = await answer.json().catch(() => undefined);
    throw errorOfAnswer(answer.status, body, baseUrl);
  }
  return answer;
}
