import { Empty } from './empty.tsx';

/** Why there is nobody to give rights to. */
export function WithoutIdentities() {
  return (
    <Empty title="This server asks nobody who they are.">
      <p>
        Everybody who reaches it may do everything, so there is nothing to grant here. Once it is started with an
        identity provider (<code>OIDC_ISSUER</code>), or with API tokens alone (<code>AUTH=required</code>), roles are
        given and tokens issued on this page.
      </p>
    </Empty>
  );
}
