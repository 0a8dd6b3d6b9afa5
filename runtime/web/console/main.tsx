import { render } from 'preact';
import { App } from './app.tsx';
import { Console } from './console.ts';
import { Theme } from './frame/theme.ts';
import './style.css';

const root = document.getElementById('app');
if (root === null) {
  throw new Error('The page has no #app element.');
}
render(<App console={new Console()} theme={new Theme()} />, root);
