export { parseMediaPlaylist, parseLine, type ParsedPlaylist, type ParsedSegment } from './media-playlist.ts';
export { validateDelta, validateMediaPlaylist, validateUpdate } from './validate-playlist.ts';
export { openViewer, serveViewerPage, type Viewer, type ViewerReport } from './viewer.ts';
