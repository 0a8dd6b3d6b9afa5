export { writeGraphReference } from './graph-reference.ts';
