import { type ComponentType, lazy } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { PageBoundary } from './frame/page-boundary.tsx';
import { ProjectFrame, useProject } from './frame/project-frame.tsx';
import { Shell } from './frame/shell.tsx';
import { NoSuchPage, NoSuchProject } from './pages/not-found.tsx';
import { Failed } from './parts/failed.tsx';
import { useAddress } from './time/moment.ts';
import { Moments } from './time/moments.tsx';
import { PastBand } from './time/past-band.tsx';

/** A page of its own chunk. */
function page<Name extends string>(name: Name, load: () => Promise<Record<Name, ComponentType>>) {
  return lazy(async () => ({ default: (await load())[name] }));
}

const PROJECT_PAGES = {
  '/proxy-connections': page('ProxyConnectionsPage', () => import('./pages/proxy-connections.tsx')),
  '/proxy-connections/new': page('NewProxyConnectionPage', () => import('./pages/new-proxy-connection.tsx')),
  '/proxy-connections/:id': page('ProxyConnectionPage', () => import('./pages/proxy-connection.tsx')),
  '/data-sources': page('DataSourcesPage', () => import('./pages/data-sources.tsx')),
  '/data-sources/new': page('NewDataSourcePage', () => import('./pages/new-data-source.tsx')),
  '/data-sources/:id': page('DataSourcePage', () => import('./pages/data-source.tsx')),
  '/data-sources/:id/runtime': page('DataSourceRuntimePage', () => import('./pages/data-source-runtime.tsx')),
  '/runtime': page('RuntimePage', () => import('./pages/runtime.tsx')),
  '/parameters': page('ParametersPage', () => import('./pages/parameters.tsx')),
  '/history': page('HistoryPage', () => import('./pages/history.tsx')),
  '/access': page('AccessPage', () => import('./pages/access.tsx')),
  '/tokens': page('TokensPage', () => import('./pages/tokens.tsx')),
};

const ProjectsPage = page('ProjectsPage', () => import('./pages/projects.tsx'));
const SignedInPage = page('SignedInPage', () => import('./pages/signed-in.tsx'));

/** All pages by their addresses. */
export function App() {
  return (
    <Switch>
      <Route path="/projects/:key/*?">
        {({ key }) => (
          <ProjectFrame key={key} projectKey={key}>
            <Shell>
              <PastBand />
              <Moments projectKey={key}>
                <ProjectPages />
              </Moments>
            </Shell>
          </ProjectFrame>
        )}
      </Route>
      <Route>
        <Shell>
          <PageBoundary>
            <Switch>
              <Route path="/" component={ProjectsPage} />
              <Route path="/signed-in" component={SignedInPage} />
              <Route component={NoSuchPage} />
            </Switch>
          </PageBoundary>
        </Shell>
      </Route>
    </Switch>
  );
}

function ProjectPages() {
  const { key, project, failure, again } = useProject();
  const [location] = useLocation();
  const address = useAddress();
  const home = `/projects/${key}`;
  if (project === null) return failure ? <Failed failure={failure} again={again} /> : <NoSuchProject />;
  return (
    // Each address is a page of its own, with nothing left of the one before.
    <PageBoundary key={location}>
      <Switch>
        {Object.entries(PROJECT_PAGES).map(([path, component]) => (
          <Route key={path} path={`/projects/:key${path}`} component={component} />
        ))}
        <Route path="/projects/:key">
          <Redirect to={address(`${home}/proxy-connections`)} replace />
        </Route>
        <Route component={NoSuchPage} />
      </Switch>
    </PageBoundary>
  );
}
