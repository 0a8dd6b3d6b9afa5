export { servePage, type ServedPage } from './serve-page.ts';
export { RoomDouble, type JoinAnswer, type Seen } from './room-double.ts';
