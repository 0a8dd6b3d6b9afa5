/** The build of hls.js without what these streams never have: separate sound, subtitles, encryption, advertisements. */
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}
