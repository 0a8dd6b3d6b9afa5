export { metadataOption, recordTooOption, webhookOption } from './options';
export { pagingFields } from './paging';
export { participantField } from './participant';
export { roomField, roomFilterField } from './room';
export { stepField } from './step';
export { triggerPanel } from './trigger-panel';
