/** Where one is in the console: what stands behind the `#` of its address. */
export type Route =
  | { page: 'rooms' }
  | { page: 'room'; roomId: string }
  | { page: 'session'; sessionId: string }
  | { page: 'graphs' }
  | { page: 'graph'; graphId: string }
  | { page: 'recordings' }
  | { page: 'recording'; recordingId: string }
  | { page: 'events' }
  | { page: 'health' };

/** An address that is not one of these leads to the rooms. Pure. */
export function routeOf(hash: string): Route {
  const [page = '', id = ''] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decoded);
  if (page === 'rooms' && id !== '') {
    return { page: 'room', roomId: id };
  }
  if (page === 'sessions' && id !== '') {
    return { page: 'session', sessionId: id };
  }
  if (page === 'graphs') {
    return id === '' ? { page: 'graphs' } : { page: 'graph', graphId: id };
  }
  if (page === 'recordings') {
    return id === '' ? { page: 'recordings' } : { page: 'recording', recordingId: id };
  }
  return page === 'events' || page === 'health' ? { page } : { page: 'rooms' };
}

/** The address of a place, to be linked to. Pure; the inverse of {@link routeOf}. */
export function hashOf(route: Route): string {
  const parts = (): string[] => {
    switch (route.page) {
      case 'room':
        return ['rooms', route.roomId];
      case 'session':
        return ['sessions', route.sessionId];
      case 'graph':
        return ['graphs', route.graphId];
      case 'recording':
        return ['recordings', route.recordingId];
      case 'rooms':
      case 'graphs':
      case 'recordings':
      case 'events':
      case 'health':
        return [route.page];
    }
  };
  return `#/${parts().map(encodeURIComponent).join('/')}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Cut off in the middle of an escape when it was copied.
    return part;
  }
}
