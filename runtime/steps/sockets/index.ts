export { acceptWebSocket } from './accept-web-socket.ts';
export { endWebSocket } from './end-web-socket.ts';
export { keepAlive } from './keep-alive.ts';
