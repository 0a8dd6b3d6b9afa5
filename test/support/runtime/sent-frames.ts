import type { Page } from 'playwright-core';

/** The page's list of its peer connections, once it is watched. */
export const PEERS = 'testPeerConnections';

/** Makes a page's peer connections known to {@link sentVideoFrames} and others. Before it opens its link. */
export async function watchPeerConnections(page: Page): Promise<void> {
  await page.addInitScript((name) => {
    const peers: RTCPeerConnection[] = [];
    Reflect.set(globalThis, name, peers);
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    };
  }, PEERS);
}

/** Video frames that the page has handed to the network, of the simulcast layer of which it sent most. */
export function sentVideoFrames(page: Page): Promise<number> {
  return page.evaluate(async (name) => {
    let most = 0;
    for (const peer of Reflect.get(globalThis, name) as RTCPeerConnection[]) {
      (await peer.getStats()).forEach((stat: { type: string; kind?: string; framesSent?: number }) => {
        if (stat.type === 'outbound-rtp' && stat.kind === 'video') {
          most = Math.max(most, stat.framesSent ?? 0);
        }
      });
    }
    return most;
  }, PEERS);
}
