export { Api, type Query } from './api.ts';
export { CallError, isRefusal, type CallErrorCode } from './call-error.ts';
export { EventFeed, keptEvents, type LoggedEvent } from './event-feed.ts';
export { openLastingSocket, type SocketState } from './lasting-socket.ts';
export { recallCredential, rememberCredential } from './credential-store.ts';
