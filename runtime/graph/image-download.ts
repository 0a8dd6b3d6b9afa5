import type { OutboundGuard } from '../config/index.ts';
import { bodyUpTo, requestGuarded } from './guarded-request.ts';

export type DownloadLimits = { bytes: number; milliseconds: number };

/**
 * Fetches what stands at a http or https address. Every hop of it, redirects included, keeps to the guard.
 *
 * @throws Error that says what went wrong, or RoomflowError `address-not-allowed`.
 */
export async function download(url: URL, guard: OutboundGuard, limits: DownloadLimits): Promise<Buffer> {
  const signal = AbortSignal.timeout(limits.milliseconds);
  try {
    const accept = 'image/png,image/jpeg,image/webp,image/svg+xml';
    const response = await requestGuarded(url, guard, { accept, signal });
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of bodyUpTo(response, limits.bytes)) {
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      response.destroy();
    }
  } catch (error) {
    if (signal.aborted) {
      throw new Error(`it did not arrive within ${limits.milliseconds / 1000} s`, { cause: error });
    }
    throw error;
  }
}
