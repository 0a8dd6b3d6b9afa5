export { encodeForRtmp } from './encoded-stream.ts';
