import type { NativeReceiver } from '../native/index.ts';
import { SharedPort } from './shared-port.ts';
import { SharedSocket } from './shared-socket.ts';

type OpenPort = { shared: Promise<SharedPort>; shares: number };

/** By address and port. A port is open for as long as a peer has a share of it. */
const openPorts = new Map<string, OpenPort>();
let refused = 0;

/** Datagrams that came to shared ports of this process and belonged to no peer. */
export function refusedDatagrams(): number {
  return refused;
}

/**
 * A share of the UDP port `port` on `address`, which is bound with the first and closed with the last.
 *
 * @param receiver takes what comes, where it can, instead of Node.
 * @throws RoomflowError `port-in-use` when another process has it.
 */
export async function sharePort(
  address: string,
  port: number,
  receiver?: NativeReceiver,
): Promise<SharedSocket> {
  const key = `${address} ${port}`;
  const open = openPorts.get(key) ?? {
    shared: SharedPort.bind(address, port, () => refused++, receiver),
    shares: 0,
  };
  openPorts.set(key, open);
  open.shares++;
  const isLast = (): boolean => {
    open.shares--;
    if (open.shares === 0) {
      openPorts.delete(key);
    }
    return open.shares === 0;
  };
  try {
    const shared = await open.shared;
    return new SharedSocket(shared, async () => {
      if (isLast()) {
        await shared.socket.close();
      }
    });
  } catch (error) {
    isLast();
    throw error;
  }
}
