export { pagingFields } from './paging';
export { participantField } from './participant';
export { roomField, roomFilterField } from './room';
export { stepField } from './step';
export { triggerPanel } from './trigger-panel';
