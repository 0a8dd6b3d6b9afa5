/** Datagrams: the sockets under peers, at the cost of the system call. */
export { isDtls, isMedia } from './datagram-kind.ts';
export { refusedDatagrams, sharePort } from './open-ports.ts';
export { sealOrGather } from './outgoing-batch.ts';
export { OwnSocket } from './own-socket.ts';
export type { IceSocket, PeerSocket, RemoteAddress } from './peer-socket.ts';
