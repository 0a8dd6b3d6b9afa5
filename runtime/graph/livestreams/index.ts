export { createLivestreamService, type LivestreamService } from './livestreams.ts';
