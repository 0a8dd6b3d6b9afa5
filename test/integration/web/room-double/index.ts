export { RoomDouble } from './room-double.ts';
export { servePages, type ServedPages } from './serve-pages.ts';
export { startLiveStream, writeReplay, type LiveStream } from './live-stream.ts';
