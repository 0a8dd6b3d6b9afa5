export { createFlvPackager } from './packager.ts';
export type { FlvConfiguration, FlvPackager, FlvPacket, FlvStream } from './packager.ts';
