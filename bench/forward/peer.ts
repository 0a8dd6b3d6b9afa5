import { Socket } from 'node:dgram';
import {
  Candidate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
} from 'werift';
import { createPacketPath } from '../../runtime/webrtc/packet-path.ts';
import type { PacketPath } from '../../runtime/webrtc/packet-path.ts';
import { srtpProfiles } from '../../runtime/webrtc/srtp-parameters.ts';
import type { SrtpProfile } from '../../runtime/webrtc/srtp-parameters.ts';
import type { RemoteDescription } from '../../runtime/webrtc/sdp/remote-description.ts';
import { offeredProfiles } from './encryption.ts';

const loopback = '127.0.0.1';

/** ICE and DTLS parameters of a peer, as SDP carries them. */
export type PeerParameters = {
  usernameFragment: string;
  password: string;
  iceLite: boolean;
  fingerprints: { algorithm: string; value: string }[];
};

/** What a peer that is connected encrypts and decrypts with. */
export type ConnectedPeer = { path: PacketPath; srtpProfile: SrtpProfile };

/**
 * One WebRTC peer on loopback of which werift only connects ICE and DTLS. Afterwards datagrams go to and
 * from the socket itself, so that peers leave the machine to the worker that is measured.
 */
export class Peer {
  readonly parameters: PeerParameters;
  readonly candidates: readonly string[];
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;
  #socket: Socket | undefined;
  #port = 0;

  private constructor(ice: RTCIceTransport, dtls: RTCDtlsTransport, fingerprints: RTCDtlsFingerprint[]) {
    this.#ice = ice;
    this.#dtls = dtls;
    const { usernameFragment, password } = ice.localParameters;
    this.parameters = { usernameFragment, password, iceLite: false, fingerprints };
    this.candidates = ice.connection.localCandidates.map((candidate) => `candidate:${candidate.toSdp()}`);
  }

  static async create(role: 'offerer' | 'answerer'): Promise<Peer> {
    const gatherer = new RTCIceGatherer({
      useIpv4: false,
      useIpv6: false,
      useTcp: false,
      additionalHostAddresses: [loopback],
    });
    // werift falls back to a public STUN server of a third party.
    Reflect.set(gatherer.connection, 'stunServer', undefined);
    gatherer.connection.iceControlling = role === 'offerer';
    const ice = new RTCIceTransport(gatherer);
    await ice.gather();
    const certificate = await RTCDtlsTransport.SetupCertificate();
    const dtls = new RTCDtlsTransport({}, ice, certificate, [...offeredProfiles]);
    return new Peer(ice, dtls, certificate.getFingerprints());
  }

  /**
   * Connects to the other side's description.
   *
   * @param onMedia each RTP or RTCP datagram, still protected, once connected.
   */
  async connect(
    remote: RemoteDescription,
    role: 'client' | 'server',
    onMedia: (data: Buffer) => void,
  ): Promise<ConnectedPeer> {
    const { iceLite, usernameFragment, password, fingerprints } = remote.transport;
    this.#ice.setRemoteParams(new RTCIceParameters({ iceLite, usernameFragment, password }));
    this.#dtls.role = role;
    this.#dtls.setRemoteParams(
      new RTCDtlsParameters(
        fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value)),
        role === 'client' ? 'server' : 'client',
      ),
    );
    for (const { candidate } of remote.candidates) {
      if (candidate.includes(loopback)) {
        await this.#ice.connection.addRemoteCandidate(
          Candidate.fromSdp(candidate.slice('candidate:'.length)),
        );
      }
    }
    await this.#ice.start();
    await this.#dtls.start();
    this.#takeSocket(onMedia);
    const { keys, profile } = this.#dtls.srtp.config;
    if (profile !== srtpProfiles.aesCm && profile !== srtpProfiles.aesGcm) {
      throw new Error(`werift agreed on the SRTP profile ${profile}, which was not offered.`);
    }
    return { srtpProfile: profile, path: createPacketPath('fast', profile, keys) };
  }

  /** Puts media past werift: its listener gets STUN and DTLS only. */
  #takeSocket(onMedia: (data: Buffer) => void): void {
    const pair = this.#ice.connection.nominated;
    const socket = pair === undefined ? undefined : socketOf(pair.protocol);
    if (pair === undefined || socket === undefined) {
      throw new Error('werift has no UDP socket for the pair of candidates that it selected.');
    }
    this.#socket = socket;
    this.#port = pair.remoteAddr[1];
    socket.setRecvBufferSize(1 << 20);
    const [handshake] = socket.listeners('message');
    socket.removeAllListeners('message');
    socket.on('message', (data, from) => {
      const first = data[0] ?? 0;
      if (first > 127 && first < 192) {
        onMedia(data);
      } else {
        handshake?.call(socket, data, from);
      }
    });
  }

  /** Sends the first `length` bytes; copies nothing. */
  send(bytes: Buffer, length: number): void {
    this.#socket?.send(bytes, 0, length, this.#port, loopback);
  }
}

/** werift keeps its sockets private. */
function socketOf(protocol: object): Socket | undefined {
  const transport: unknown = Reflect.get(protocol, 'transport');
  const socket: unknown =
    typeof transport === 'object' && transport !== null ? Reflect.get(transport, 'socket') : undefined;
  return socket instanceof Socket ? socket : undefined;
}
