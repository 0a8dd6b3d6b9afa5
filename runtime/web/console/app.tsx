import type { VNode } from 'preact';
import { ToastList } from '../shared/index.ts';
import type { Console } from './console.ts';
import { ConsoleContext } from './console-context.ts';
import { Frame } from './frame/frame.tsx';
import type { Theme } from './frame/theme.ts';
import { SignIn } from './sign-in/sign-in.tsx';

/** The way in, or the console. */
export function App({ console, theme }: { console: Console; theme: Theme }): VNode {
  return (
    <ConsoleContext.Provider value={console}>
      {console.signedIn.value === null ? <SignIn /> : <Frame theme={theme} />}
      <div class="notices" role="status" aria-live="polite">
        <ToastList toasts={console.toasts} />
      </div>
    </ConsoleContext.Provider>
  );
}
