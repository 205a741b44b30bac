import { Link, useLocation } from 'wouter';
import { baseUrl, settings } from '../session/settings.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { YourNameField } from '../session/your-name-field.tsx';
import { useAddress } from '../time/moment.ts';
import { TimeControl } from '../time/time-control.tsx';
import styles from './header.module.css';
import { useProjectIfAny } from './project-frame.tsx';

/** Where one is, and where one can go. */
export function Header() {
  const project = useProjectIfAny();
  return (
    <header className={styles.header}>
      <div className={styles.row}>
        <Link href="/" className={styles.product}>
          Proxy Ledger
        </Link>
        {project && <span className={styles.project}>{project.project?.name ?? project.key}</span>}
        <div className={styles.tools}>
          {project && <TimeControl />}
          {settings.graphiql && <a href={new URL('graphiql', baseUrl).href}>GraphiQL</a>}
          <YourNameField />
          <SignedIn />
        </div>
      </div>
      {project && <ProjectLinks projectKey={project.key} />}
    </header>
  );
}

const LINKS = [
  ['Proxy Connections', 'proxy-connections'],
  ['Data Sources', 'data-sources'],
  ['Parameters', 'parameters'],
  ['History', 'history'],
  ['Runtime', 'runtime'],
] as const;

/** Only where there are identities. */
const ACCESS_LINKS = [
  ['Access', 'access'],
  ['Tokens', 'tokens'],
] as const;

function ProjectLinks({ projectKey }: { readonly projectKey: string }) {
  const address = useAddress();
  const [location] = useLocation();
  const home = `/projects/${projectKey}`;
  const links = settings.auth === 'none' ? LINKS : [...LINKS, ...ACCESS_LINKS];
  return (
    <nav aria-label="Project" className={styles.links}>
      <Link href="/">Projects</Link>
      {links.map(([name, place]) => {
        const isHere = placeOf(location.slice(home.length + 1)) === place;
        return (
          <Link key={place} href={address(`${home}/${place}`)} aria-current={isHere ? 'page' : undefined}>
            {name}
          </Link>
        );
      })}
    </nav>
  );
}

/** Which of the links a page belongs to, by its address within the project. */
function placeOf(path: string): string {
  return path.endsWith('/runtime') ? 'runtime' : (path.split('/')[0] ?? '');
}
