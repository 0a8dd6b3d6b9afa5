import { loadConfig } from '../../../runtime/config/index.ts';
import { serve } from '../../../runtime/serve.ts';
import { temporaryDirectory } from '../temporary/index.ts';
import type { OpenApi } from './api-reference.ts';

/** The OpenAPI document as a running runtime serves it. */
export async function servedOpenApi(): Promise<OpenApi> {
  await using folder = await temporaryDirectory();
  const served = await serve(
    loadConfig({ flags: { port: 0, workers: 1, logLevel: 'silent', dataDirectory: folder.path } }),
  );
  try {
    const response = await fetch(`${served.url}/docs/json`);
    return (await response.json()) as OpenApi;
  } finally {
    await served.stop();
  }
}
