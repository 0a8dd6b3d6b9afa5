import { render } from 'preact';
import { App } from './app.tsx';
import { Watching } from './watching.ts';
import './style.css';

const root = document.getElementById('app');
if (root === null) {
  throw new Error('The page has no #app element.');
}
const roomId = decodeURIComponent(location.pathname.split('/').filter(Boolean)[1] ?? '');
document.title = `${roomId} · Roomflow`;
render(<App watching={new Watching(roomId, new URLSearchParams(location.search))} root={root} />, root);
