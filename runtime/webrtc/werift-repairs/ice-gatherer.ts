import { randomBytes } from 'node:crypto';
import { CandidatePairState, Connection, RTCIceGatherer, parseIceServers, parseMessage } from 'werift';
import type { StunProtocol } from 'werift';
import { nowMs } from '../clock.ts';
import { OwnSocket, isDtls, nativeHelper, sharePort } from '../fast-path/index.ts';
import type { PeerSocket, RemoteAddress } from '../fast-path/index.ts';
import type { WebRtcSettings } from '../settings.ts';

/**
 * Members of werift's ICE `Connection` and `StunProtocol` that its typings keep private. Checked when a
 * gatherer is made, so that another werift version fails loudly instead of losing the repair.
 */
type ConnectionInternals = {
  ensureProtocol: (protocol: ProtocolInternals) => void;
  restart: () => Promise<void>;
  checkList: Connection['checkList'];
  protocols: { localCandidate?: { ufrag?: string } }[];
};
type ProtocolInternals = Pick<StunProtocol, 'onRequestReceived' | 'connectionMade'> & {
  type: string;
  transport: unknown;
  datagramReceived?: (data: Buffer, address: RemoteAddress) => void;
};

/** What the repaired ICE tells its owner. */
export type IceGathererEvents = {
  onMedia: (data: Buffer) => void;
  /** Any authenticated sign of life that is not media. */
  onAlive: () => void;
  /** A STUN or DTLS datagram that was refused. */
  onRefused: () => void;
};

/** werift's ICE with its holes closed for this one connection. */
export type RepairedIce = {
  gatherer: RTCIceGatherer;
  connection: Connection;
  sockets: PeerSocket[];
  /** The first failure to bind a socket, which werift only logs. */
  bindError: () => unknown;
};

/**
 * Makes an ICE gatherer whose connection
 * - takes its sockets from us (see {@link PeerSocket}), one per address in `bindAddresses`;
 * - has credentials of the length that RFC 8445 section 5.3 asks for; werift's have 16 and 88 bits;
 * - refuses connectivity checks that are not authenticated with our credentials, which werift answers
 *   without looking (RFC 8445 section 7.3, RFC 8489 section 9.1.3);
 * - follows the controlling peer to another path when it nominates one later, as browsers do when the
 *   network changes, which werift ignores; and where it controls, the peer that has left its path for another;
 * - asks no public STUN server unless one is configured.
 */
export function createRepairedIce(
  settings: WebRtcSettings,
  bindAddresses: readonly string[],
  events: IceGathererEvents,
): RepairedIce {
  const servers = parseIceServers(
    (settings.iceServers ?? []).map((server) => ({
      ...server,
      urls: server.urls,
    })),
  );
  const gatherer = new RTCIceGatherer({
    ...servers,
    stunGatherTimeout: 1.5,
    turnConnectTimeout: 3,
    useTcp: false,
    useIpv4: false,
    useIpv6: false,
    additionalHostAddresses: [...bindAddresses],
  });
  const { connection } = gatherer;
  if (!(connection instanceof Connection)) {
    throw new Error('This werift version has another kind of ICE connection; the ICE repairs need theirs.');
  }
  if (servers.stunServer === undefined) {
    // werift falls back to a public STUN server of a third party.
    (connection as { stunServer: unknown }).stunServer = undefined;
  }
  const internals = connection as unknown as ConnectionInternals;
  if (typeof internals.ensureProtocol !== 'function' || typeof internals.restart !== 'function') {
    throw new Error(
      'This werift version has no Connection.ensureProtocol or restart; the ICE repairs need them.',
    );
  }

  const sockets: PeerSocket[] = [];
  const peerAddresses = new Set<string>();
  const followMove = moveFollower(connection);
  let bindError: unknown;
  let nextAddress = 0;
  strengthenCredentials(connection, internals);
  const restart = internals.restart.bind(connection);
  internals.restart = () => {
    const restarted = restart();
    strengthenCredentials(connection, internals);
    for (const socket of sockets) {
      socket.expect(connection.localUsername);
    }
    return restarted;
  };
  const ensureProtocol = internals.ensureProtocol.bind(connection);
  internals.ensureProtocol = (protocol) => {
    ensureProtocol(protocol);
    let socket: PeerSocket | undefined;
    const recognise = (from: RemoteAddress): void => socket?.recognise(from);
    guardRequests(protocol, connection, events, peerAddresses, recognise, followMove);
    if (protocol.type !== 'stun') {
      return;
    }
    // werift walks `additionalHostAddresses` in order and calls this once per address.
    const bindAddress = bindAddresses[nextAddress++] ?? '0.0.0.0';
    protocol.connectionMade = async () => {
      try {
        socket = await openSocket(bindAddress, settings);
        sockets.push(socket);
        socket.expect(connection.localUsername);
        socket.onMedia = events.onMedia;
        socket.onData = (data, from) => {
          if (isDtls(data) && !peerAddresses.has(`${from[0]} ${from[1]}`) && !isSelected(connection, from)) {
            // A stranger's alert must not end the connection.
            events.onRefused();
            return;
          }
          protocol.datagramReceived?.(data, from);
        };
        protocol.transport = socket;
      } catch (error) {
        bindError ??= error;
        throw error;
      }
    };
  };
  return { gatherer, connection, sockets, bindError: () => bindError };
}

function openSocket(address: string, settings: WebRtcSettings): Promise<PeerSocket> {
  const receiver = settings.packetPath === 'native' ? nativeHelper().helper?.receiver : undefined;
  return settings.udpPort === undefined
    ? OwnSocket.bind(address, settings.udpPortRange, receiver)
    : sharePort(address, settings.udpPort, receiver);
}

/** 72 and 192 random bits in characters that ICE allows (RFC 8839 section 5.4). */
function strengthenCredentials(connection: Connection, internals: ConnectionInternals): void {
  connection.localUsername = randomBytes(9).toString('base64');
  connection.localPassword = randomBytes(24).toString('base64');
  for (const { localCandidate } of internals.protocols) {
    if (localCandidate !== undefined) {
      localCandidate.ufrag = connection.localUsername;
    }
  }
}

/** An ICE-lite peer never checks by itself; the path that our own checks selected is its own. */
function isSelected(connection: Connection, from: RemoteAddress): boolean {
  const remote = connection.nominated?.remoteAddr;
  return remote !== undefined && remote[0] === from[0] && remote[1] === from[1];
}

/** How many addresses one peer may check from. */
const maxPeerAddresses = 64;

function guardRequests(
  protocol: ProtocolInternals,
  connection: Connection,
  events: IceGathererEvents,
  peerAddresses: Set<string>,
  onProved: (from: RemoteAddress) => void,
  followMove: (protocol: ProtocolInternals, from: RemoteAddress) => void,
): void {
  const deliver = protocol.onRequestReceived.execute;
  protocol.onRequestReceived.execute = (message, from, data) => {
    const username: unknown = message.getAttributeValue('USERNAME');
    if (
      typeof username !== 'string' ||
      !username.startsWith(`${connection.localUsername}:`) ||
      !message.attributesKeys.includes('MESSAGE-INTEGRITY') ||
      parseMessage(data, Buffer.from(connection.localPassword)) === undefined
    ) {
      events.onRefused();
      return;
    }
    events.onAlive();
    const address = `${from[0]} ${from[1]}`;
    if (!peerAddresses.has(address)) {
      if (peerAddresses.size >= maxPeerAddresses) {
        events.onRefused();
        return;
      }
      peerAddresses.add(address);
    }
    onProved(from);
    deliver(message, from, data);
    if (message.attributesKeys.includes('USE-CANDIDATE')) {
      followNomination(protocol, connection, from);
    }
    followMove(protocol, from);
  };
}

function followNomination(protocol: ProtocolInternals, connection: Connection, from: RemoteAddress): void {
  if (!connection.iceControlling) {
    select(protocol, connection, from);
  }
}

/** Browsers check a sound path every 2.5 s. */
const leftAfterMs = 3000;

/**
 * Where we control, the peer cannot nominate the path that it has after a change of its network or of a NAT
 * before it; where it controls, it need not know of the NAT, and its checks of consent nominate nothing. It is seen to
 * check from there, and no longer from where it was. Without this it gets nothing, no request to send again what was
 * lost among it, until consent for the old path expires after 30 s (RFC 7675 section 5.1).
 */
function moveFollower(connection: Connection): (protocol: ProtocolInternals, from: RemoteAddress) => void {
  let heardMs = nowMs();
  return (protocol, from) => {
    if (connection.nominated === undefined || isSelected(connection, from)) {
      heardMs = nowMs();
    } else if (nowMs() - heardMs > leftAfterMs && select(protocol, connection, from)) {
      heardMs = nowMs();
    }
  };
}

/** @returns false when there is no path from there that has been checked, or none was selected yet. */
function select(protocol: ProtocolInternals, connection: Connection, from: RemoteAddress): boolean {
  const current = connection.nominated;
  const pair = connection.checkList.find(
    (candidate) =>
      (candidate.protocol as unknown) === protocol &&
      candidate.remoteAddr[0] === from[0] &&
      candidate.remoteAddr[1] === from[1],
  );
  if (current === undefined || pair === undefined || pair.state !== CandidatePairState.SUCCEEDED) {
    return false;
  }
  connection.nominated = pair;
  return true;
}
