export { searchParticipants } from './search-participants';
export { searchRooms, searchRoomsOrEvery } from './search-rooms';
export { searchHlsSteps, searchRecordSteps, searchRtmpSteps, searchTaps } from './search-steps';
