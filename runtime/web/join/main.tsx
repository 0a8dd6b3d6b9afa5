import { render } from 'preact';
import { App } from './app.tsx';
import { Meeting } from './meeting.ts';
import './style.css';

const root = document.getElementById('app');
if (root === null) {
  throw new Error('The page has no #app element.');
}
const roomId = decodeURIComponent(location.pathname.split('/').filter(Boolean)[1] ?? '');
document.title = `${roomId} · Roomflow`;
render(<App meeting={new Meeting(roomId, new URLSearchParams(location.search))} root={root} />, root);
