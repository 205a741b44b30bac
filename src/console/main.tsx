import './console.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { App } from './app.tsx';
import { LedgerProvider } from './graphql/ledger.tsx';
import { Announcer } from './parts/announcer.tsx';
import { openSession } from './session/open-session.ts';
import { basePath, baseUrl, settings, styleNonce } from './session/settings.ts';
import { SignInGate } from './session/sign-in-gate.tsx';
import { cssVariables, theme } from './theme.ts';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');

// A relative address is read anew wherever one goes.
const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
icon?.setAttribute('href', icon.href);

const session = await openSession(settings);

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <LedgerProvider endpoint={new URL('graphql', baseUrl)} session={session}>
        <Router base={basePath}>
          <Announcer>
            <SignInGate>
              <App />
            </SignInGate>
          </Announcer>
        </Router>
      </LedgerProvider>
    </MantineProvider>
  </StrictMode>,
);
