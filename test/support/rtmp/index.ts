export { encodeForRtmp } from './encoded-stream.ts';
export { startRtmpServer, type RtmpServer } from './nginx.ts';
export {
  startSilentServer,
  startStallingProxy,
  startTlsTerminator,
  type LocalServer,
} from './bad-servers.ts';
export { makeCertificate } from './certificate.ts';
export { readRecordedStream, type RecordedStream } from './recorded-stream.ts';
export { filesHolding } from './files-holding.ts';
