export { eventChoices } from './event-choices';
export { eventItem } from './event-item';
export { runEventTrigger, type EventTrigger } from './event-trigger';
export { Position } from './position';
export { reconnectDelayMs } from './reconnect-policy';
export { speechFilter, type SpeechFilters } from './speech-filter';
