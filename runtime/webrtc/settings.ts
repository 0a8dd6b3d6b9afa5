import type { PacketPathName } from './packet-path.ts';

/** Servers a peer may use to be found behind NAT, as in the W3C `RTCIceServer`. */
export type IceServerSettings = { urls: string | string[]; username?: string; credential?: string };

/** How peers of this runtime are reached. Everything is optional; the default serves loopback and LAN. */
export type WebRtcSettings = {
  /**
   * Local addresses to bind, one UDP socket each. Without it one socket per address family takes traffic
   * on every interface, and every address of the machine is a candidate.
   */
  bindAddresses?: string[];
  /** Inclusive UDP port range, for firewalls. Each peer connection takes one port per bound address. */
  udpPortRange?: [minPort: number, maxPort: number];
  /** One UDP port for all peers of this process on each bound address, instead of a port for each peer. */
  udpPort?: number;
  /** Public addresses of a 1:1 NAT in front of this machine: announced with the bound ports. */
  announcedAddresses?: string[];
  /** STUN and TURN servers that the runtime itself uses while gathering. */
  iceServers?: IceServerSettings[];
  /** How long a peer may take from its description to DTLS before it fails. Default 30 s. */
  connectTimeoutMs?: number;
  /** Which code encrypts, decrypts and parses packets. Default `fast`. */
  packetPath?: PacketPathName;
};
