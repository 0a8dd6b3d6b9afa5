import { isIP, isIPv6 } from 'node:net';
import {
  Candidate,
  IceCandidate as WeriftCandidate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceParameters,
  RTCIceTransport,
} from 'werift';
import type { CandidatePair, RTCCertificate } from 'werift';
import { RoomflowError } from '../contract/index.ts';
import type { IceCandidate } from '../contract/index.ts';
import { nowMs } from './clock.ts';
import { sealOrGather } from './fast-path/index.ts';
import type { NativeSession, PacketSlot, PeerSocket } from './fast-path/index.ts';
import { hostAddresses } from './host-addresses.ts';
import type { HostAddress } from './host-addresses.ts';
import { createPacketPath } from './packet-path.ts';
import type { PacketPath } from './packet-path.ts';
import type { WebRtcSettings } from './settings.ts';
import { joinCompounds } from './rtcp/compound.ts';
import { onWatchTick, tickIfDue } from './ticker.ts';
import { HandshakeOnlyDtls, createRepairedIce } from './werift-repairs/index.ts';
import type { RepairedIce } from './werift-repairs/index.ts';

/** State of a peer connection as the W3C `RTCPeerConnectionState`, less `new`. */
export type PeerState = 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

/** ICE and DTLS parameters of one side, as SDP carries them. */
export type TransportParameters = {
  usernameFragment: string;
  password: string;
  iceLite: boolean;
  fingerprints: { algorithm: string; value: string }[];
};

/** What the transport hands to the peer above it. */
export type PeerTransportEvents = {
  /** A decrypted RTP packet. */
  onRtp: (data: Buffer, arrivalMs: number) => void;
  /** A decrypted RTCP compound packet. */
  onRtcp: (data: Buffer, arrivalMs: number) => void;
  onState: (state: PeerState) => void;
  /** What is sent takes another path than before; never told from within a packet. */
  onPathChanged?: () => void;
};

/** Counters of one transport. */
export type TransportStats = {
  packetsReceived: number;
  bytesReceived: number;
  packetsSent: number;
  bytesSent: number;
  /** Datagrams refused: forged or replayed SRTP, unauthenticated STUN, DTLS from strangers, garbage. */
  refused: number;
};

const defaultConnectTimeoutMs = 30_000;
/** Browsers check their consent at least every few seconds, so a longer silence means a lost path. */
const silenceMs = 6000;

/**
 * One bundled ICE, DTLS and SRTP transport: werift's control plane with a packet path of our own. Everything
 * above sees plain RTP and RTCP.
 */
export class PeerTransport {
  readonly #settings: WebRtcSettings;
  readonly #events: PeerTransportEvents;
  readonly #hosts: HostAddress[];
  readonly #ice: RepairedIce;
  readonly #iceTransport: RTCIceTransport;
  readonly #certificate: RTCCertificate;
  readonly #dtls: HandshakeOnlyDtls;
  readonly #disposers: (() => void)[] = [];
  #gathered: Promise<string[]> | undefined;
  #learnedCandidates: string[] = [];
  #state: PeerState = 'connecting';
  #started = false;
  #connectDeadlineMs = Infinity;
  #lastReceivedMs = 0;
  /** There once DTLS has agreed on keys. */
  #packetPath: PacketPath | undefined;
  #pair: CandidatePair | undefined;
  #path: CandidatePair | undefined;
  #pairSocket: PeerSocket | undefined;
  #pairAddress = '';
  #pairPort = 0;
  readonly #stats: TransportStats = {
    packetsReceived: 0,
    bytesReceived: 0,
    packetsSent: 0,
    bytesSent: 0,
    refused: 0,
  };

  private constructor(
    settings: WebRtcSettings,
    role: 'offerer' | 'answerer',
    certificate: RTCCertificate,
    events: PeerTransportEvents,
  ) {
    this.#settings = settings;
    this.#events = events;
    this.#certificate = certificate;
    this.#hosts = hostAddresses(settings);
    this.#ice = createRepairedIce(
      settings,
      this.#hosts.map((host) => host.bind),
      {
        onMedia: (data) => this.#receiveMedia(data),
        onAlive: () => {
          this.#lastReceivedMs = nowMs();
        },
        onRefused: () => {
          this.#stats.refused++;
        },
      },
    );
    const { connection } = this.#ice;
    connection.iceControlling = role === 'offerer';
    connection.onIceCandidate.subscribe((candidate) => {
      if (candidate.type !== 'host') {
        this.#learnedCandidates.push(`candidate:${candidate.toSdp()}`);
      }
    });
    // Media that comes through a TURN relay passes werift's ICE instead of our socket.
    connection.onData.subscribe((data) => {
      const first = data[0] ?? 0;
      if (first > 127 && first < 192) {
        this.#receiveMedia(data);
        tickIfDue();
      }
    });
    this.#iceTransport = new RTCIceTransport(this.#ice.gatherer);
    this.#iceTransport.onStateChange.subscribe((state) => {
      if (state === 'failed') {
        this.#setState('failed');
      }
    });
    this.#dtls = new HandshakeOnlyDtls(this.#iceTransport, certificate, (profile, keys) => {
      // A handshake may end after the transport was closed: nobody would wipe its keys any more.
      if (this.#state !== 'closed') {
        this.#packetPath = createPacketPath(settings.packetPath ?? 'fast', profile, keys);
      }
    });
    this.#dtls.onStateChange.subscribe((state) => {
      if (state === 'failed') {
        this.#setState('failed');
      } else if (state === 'closed') {
        // The peer sent a close notification.
        this.#setState('failed');
      }
    });
    this.#disposers.push(onWatchTick((now) => this.#watch(now)));
  }

  /** Takes the ICE role of the answering side (RFC 8445 section 6.1.1); before {@link setRemote}. */
  becomeAnswerer(): void {
    this.#ice.connection.iceControlling = false;
  }

  /** Makes a transport; it binds no socket before {@link gather}. */
  static async create(
    settings: WebRtcSettings,
    role: 'offerer' | 'answerer',
    events: PeerTransportEvents,
  ): Promise<PeerTransport> {
    return new PeerTransport(settings, role, await RTCDtlsTransport.SetupCertificate(), events);
  }

  get state(): PeerState {
    return this.#state;
  }

  get stats(): Readonly<TransportStats> {
    const faults = this.#ice.sockets.reduce((sum, socket) => sum + socket.faults, 0);
    return { ...this.#stats, refused: this.#stats.refused + faults };
  }

  /** Round-trip time of the selected path in milliseconds, measured by connectivity checks; 0 if unknown. */
  get roundTripMs(): number {
    return (this.#ice.connection.nominated?.rtt ?? 0) * 1000;
  }

  get localParameters(): TransportParameters {
    const { connection } = this.#ice;
    return {
      usernameFragment: connection.localUsername,
      password: connection.localPassword,
      iceLite: false,
      fingerprints: this.#certificate.getFingerprints(),
    };
  }

  /**
   * Binds the sockets and gathers candidates; later calls answer the same.
   *
   * @returns candidate lines, each without `a=`.
   * @throws RoomflowError `port-in-use` when no port of the range is free.
   */
  gather(): Promise<string[]> {
    this.#gathered ??= this.#gather();
    return this.#gathered;
  }

  async #gather(): Promise<string[]> {
    await this.#iceTransport.gather();
    const error = this.#ice.bindError();
    if (error !== undefined && this.#ice.sockets.length === 0) {
      throw error instanceof RoomflowError
        ? error
        : new RoomflowError(
            'internal',
            `Cannot open a UDP socket: ${error instanceof Error ? error.message : 'unknown reason'}.`,
            { cause: error },
          );
    }
    return [...this.#hostCandidates(), ...this.#learnedCandidates];
  }

  #hostCandidates(): string[] {
    const lines: string[] = [];
    let preference = 0xffff;
    for (const host of this.#hosts) {
      const socket = this.#ice.sockets.find((candidate) => candidate.host === host.bind);
      if (socket === undefined) {
        continue;
      }
      for (const address of new Set(host.announce)) {
        const priority = 126 * 2 ** 24 + preference * 256 + 255;
        lines.push(
          `candidate:${0xffff - preference + 1} 1 udp ${priority} ${address} ${socket.port} typ host`,
        );
        preference--;
      }
    }
    return lines;
  }

  /**
   * Takes the other side's parameters and connects. Called again it restarts ICE when the credentials
   * changed (RFC 8839 section 4.4.1.1.1), and does nothing otherwise.
   *
   * @param dtlsRole the role of this side.
   */
  setRemote(remote: TransportParameters, dtlsRole: 'client' | 'server'): void {
    if (this.#state === 'closed') {
      return;
    }
    const { connection } = this.#ice;
    const changed =
      connection.remoteUsername !== remote.usernameFragment || connection.remotePassword !== remote.password;
    if (this.#started && !changed) {
      return;
    }
    const restart = this.#started;
    this.#iceTransport.setRemoteParams(
      new RTCIceParameters({
        iceLite: remote.iceLite,
        usernameFragment: remote.usernameFragment,
        password: remote.password,
      }),
    );
    if (!restart) {
      this.#started = true;
      this.#dtls.role = dtlsRole;
      this.#dtls.setRemoteParams(
        new RTCDtlsParameters(
          remote.fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value)),
          dtlsRole === 'client' ? 'server' : 'client',
        ),
      );
    }
    this.#connectDeadlineMs = nowMs() + (this.#settings.connectTimeoutMs ?? defaultConnectTimeoutMs);
    void this.#connect(restart);
  }

  async #connect(restart: boolean): Promise<void> {
    try {
      await this.#gathered;
      if (restart) {
        await this.#iceTransport.gather();
      }
      await this.#iceTransport.start();
      if (!restart) {
        await this.#dtls.start();
      }
      if (this.#packetPath !== undefined) {
        this.#connectDeadlineMs = Infinity;
        this.#lastReceivedMs = nowMs();
        this.#setState('connected');
      }
    } catch {
      // Reported as a state: there is nobody to catch it, and the reason is the network's.
      this.#setState('failed');
    }
  }

  /**
   * Adds a candidate of the other side. Names (mDNS) and TCP candidates are left out: a browser that hides
   * its addresses is found by its own checks (RFC 8445 section 7.3.1.3).
   */
  addCandidate(candidate: IceCandidate): void {
    if (this.#state === 'closed' || candidate.candidate === '') {
      return;
    }
    const parsed = WeriftCandidate.fromJSON({ candidate: candidate.candidate });
    if (
      parsed === undefined ||
      parsed.component !== 1 ||
      parsed.protocol.toLowerCase() !== 'udp' ||
      isIP(parsed.ip) === 0 ||
      !Number.isInteger(parsed.port) ||
      parsed.port < 1 ||
      parsed.port > 65535
    ) {
      return;
    }
    if (!this.#hosts.some((host) => isIPv6(host.bind) === isIPv6(parsed.ip))) {
      return;
    }
    if (this.#ice.connection.remoteCandidates.length >= maxRemoteCandidates) {
      return;
    }
    void this.#ice.connection.addRemoteCandidate(
      // Without its generation: werift never selects a pair whose generation differs from its own count.
      new Candidate(
        parsed.foundation,
        1,
        'udp',
        parsed.priority,
        parsed.ip,
        parsed.port,
        parsed.type,
        parsed.relatedAddress,
        parsed.relatedPort,
      ),
    );
  }

  #receiveMedia(data: Buffer): void {
    const path = this.#packetPath;
    if (path === undefined || data.length < 12) {
      this.#stats.refused++;
      return;
    }
    const arrivalMs = nowMs();
    const payloadType = (data[1] as number) & 0x7f;
    // RTCP types 192 to 223 (RFC 5761 section 4).
    const isRtcp = payloadType >= 64 && payloadType < 96;
    const plain = isRtcp ? path.unprotectRtcp(data) : path.unprotectRtp(data);
    if (plain === undefined) {
      this.#stats.refused++;
      return;
    }
    this.#noteReceived(data.length, arrivalMs);
    if (isRtcp) {
      this.#events.onRtcp(plain, arrivalMs);
    } else {
      this.#events.onRtp(plain, arrivalMs);
    }
  }

  #noteReceived(bytes: number, arrivalMs: number): void {
    this.#lastReceivedMs = arrivalMs;
    this.#stats.packetsReceived++;
    this.#stats.bytesReceived += bytes;
  }

  /**
   * Encrypts the plain RTP packet in `slot` and sends it. Does nothing before the transport is connected.
   */
  sendRtp(slot: PacketSlot, headerLength: number, length: number): void {
    const path = this.#packetPath;
    if (path === undefined || this.#state === 'closed') {
      return;
    }
    if (path.native !== undefined && this.#sealNatively(path.native, slot, headerLength, length)) {
      return;
    }
    const protectedLength = path.protectRtp(slot, headerLength, length);
    if (protectedLength === 0) {
      return;
    }
    this.#send(slot.bytes, protectedLength);
  }

  /** @returns false where the packet has to go the way without the helper. */
  #sealNatively(native: NativeSession, slot: PacketSlot, headerLength: number, length: number): boolean {
    const socket = this.#findPair() ? this.#pairSocket?.sealing : undefined;
    if (socket === undefined || !native.aim(this.#pairAddress, this.#pairPort)) {
      return false;
    }
    const index = native.indices.indexOf(slot.bytes);
    if (index >= 0) {
      this.#noteSent(length + native.tagBytes);
      sealOrGather(native, socket, slot, headerLength, length, index);
    }
    return true;
  }

  /** Encrypts RTCP packets and sends them in as few datagrams as hold them (RFC 5506: reduced size is negotiated). */
  sendRtcp(packets: readonly Buffer[]): void {
    const path = this.#packetPath;
    if (path === undefined || this.#state === 'closed') {
      return;
    }
    for (const compound of joinCompounds(packets)) {
      const encrypted = path.protectRtcp(compound);
      this.#send(encrypted, encrypted.length);
    }
  }

  /** Forgets the encryption state of a stream that ended. */
  forgetStream(ssrc: number): void {
    this.#packetPath?.forget(ssrc);
  }

  /** @returns false while no path is nominated. */
  #findPair(): boolean {
    const pair = this.#ice.connection.nominated;
    if (pair === undefined) {
      return false;
    }
    if (pair !== this.#pair) {
      const { transport } = pair.protocol as unknown as { transport: unknown };
      this.#pair = pair;
      // A pair through a TURN relay has none.
      this.#pairSocket = this.#ice.sockets.find((socket) => socket === transport);
      [this.#pairAddress, this.#pairPort] = pair.remoteAddr;
    }
    return true;
  }

  #noteSent(bytes: number): void {
    this.#stats.packetsSent++;
    this.#stats.bytesSent += bytes;
  }

  #send(bytes: Buffer, length: number): void {
    if (!this.#findPair()) {
      return;
    }
    this.#noteSent(length);
    if (this.#pairSocket !== undefined) {
      this.#pairSocket.sendTo(bytes, length, this.#pairPort, this.#pairAddress);
    } else {
      void this.#ice.connection.send(Buffer.from(bytes.subarray(0, length)));
    }
  }

  #watchPath(): void {
    const path = this.#ice.connection.nominated;
    if (path !== undefined && path !== this.#path) {
      const isFirst = this.#path === undefined;
      this.#path = path;
      if (!isFirst) {
        this.#events.onPathChanged?.();
      }
    }
  }

  #watch(now: number): void {
    this.#watchPath();
    if (now > this.#connectDeadlineMs) {
      this.#connectDeadlineMs = Infinity;
      this.#setState('failed');
      return;
    }
    if (this.#state === 'connected' && now - this.#lastReceivedMs > silenceMs) {
      this.#setState('disconnected');
    } else if (this.#state === 'disconnected' && now - this.#lastReceivedMs < silenceMs) {
      this.#setState('connected');
    }
  }

  #setState(state: PeerState): void {
    if (
      state === this.#state ||
      this.#state === 'closed' ||
      (this.#state === 'failed' && state !== 'closed')
    ) {
      return;
    }
    this.#state = state;
    this.#events.onState(state);
  }

  /** Closes sockets and timers. Idempotent; `closed` is reported before it resolves. */
  async close(): Promise<void> {
    if (this.#state === 'closed') {
      return;
    }
    this.#setState('closed');
    for (const dispose of this.#disposers.splice(0)) {
      dispose();
    }
    await this.#gathered?.catch(() => undefined);
    this.#packetPath?.close?.();
    this.#dtls.abandonHandshake();
    await this.#dtls.stop();
    await Promise.all(this.#ice.sockets.map((socket) => socket.close()));
  }
}

const maxRemoteCandidates = 64;
