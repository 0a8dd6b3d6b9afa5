import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { KeyRound } from 'lucide-preact';
import { Wordmark } from '../../shared/index.ts';
import { useConsole } from '../console-context.ts';

/** The way in: the server key or a token. */
export function SignIn(): VNode {
  const console = useConsole();
  const [credential, setCredential] = useState('');
  const isBusy = console.signingIn.value;
  const problem = console.problem.value;
  return (
    <main class="sign-in">
      <Wordmark />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (credential.trim() !== '' && !isBusy) {
            void console.signIn(credential.trim());
          }
        }}
      >
        <h1>Console</h1>
        <p class="quiet">See what happens in your rooms, and what becomes of it.</p>
        <label class="field">
          <span>Server key or token</span>
          <input
            type="password"
            name="credential"
            value={credential}
            required
            autocomplete="current-password"
            spellcheck={false}
            aria-describedby="sign-in-help"
            aria-invalid={problem !== null}
            onInput={({ currentTarget }) => setCredential(currentTarget.value)}
          />
        </label>
        <p id="sign-in-help" class="quiet">
          The key is in <code>server.key</code> in the runtime’s data folder. It is kept in this tab only.
        </p>
        <p role="alert" class="sign-in-problem" hidden={problem === null}>
          {problem}
        </p>
        <button type="submit" class="primary-button" aria-disabled={isBusy}>
          <KeyRound size={18} aria-hidden="true" />
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
