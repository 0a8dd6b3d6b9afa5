export { createGraphService, type GraphService } from './graphs.ts';
