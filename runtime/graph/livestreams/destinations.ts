import type { OutboundGuard } from '../../config/index.ts';
import { RoomflowError, type LivestreamOutput } from '../../contract/index.ts';
import { parseDestination, type RtmpDestination } from '../../media/index.ts';
import { identifiedOutputs } from '../../steps/index.ts';

/**
 * Where the outputs send to.
 *
 * @throws RoomflowError `invalid-livestream-config` for an output that can never be sent to, and for two of one name
 */
export function destinationsOf(outputs: readonly LivestreamOutput[]): RtmpDestination[] {
  const names = new Set<string>();
  return identifiedOutputs(outputs).map((output, index) => {
    if (names.has(output.outputId)) {
      throw new RoomflowError(
        'invalid-livestream-config',
        `outputs/${index}: another output is called "${output.outputId}" already; give each its own outputId.`,
      );
    }
    names.add(output.outputId);
    return parseDestination(output, `outputs/${index}`);
  });
}

/**
 * Refuses outputs that can never be sent to, and those that the operator lets nobody send to.
 *
 * @throws RoomflowError `invalid-livestream-config`, `address-not-allowed`
 */
export async function requireAllowed(
  outputs: readonly LivestreamOutput[],
  outbound: OutboundGuard,
): Promise<void> {
  await Promise.all(
    destinationsOf(outputs).map(async ({ hostname, shownUrl }) => {
      try {
        await outbound.check(hostname);
      } catch (error) {
        if (error instanceof RoomflowError) {
          throw error;
        }
        throw new RoomflowError(
          'invalid-livestream-config',
          `${shownUrl}: no address was found for "${hostname}". Check the url of the output.`,
          { cause: error },
        );
      }
    }),
  );
}
