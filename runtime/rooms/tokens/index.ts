export { credentialOf } from './bearer.ts';
export { signToken, verifyToken, type Principal, type TokenKeys } from './token.ts';
export { requireJoin, requireMode, requireRest, type NamedRoom, type RestAction } from './authorize.ts';
export { signFileQuery, verifyFileQuery } from './file-query.ts';
export { signPlaybackToken, verifyPlaybackToken } from './playback-token.ts';
