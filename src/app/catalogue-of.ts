import { Catalogue } from '../event-sourcing/ledger/catalogue.ts';
import type { CatalogueParts } from '../event-sourcing/ledger/catalogue-parts.ts';
import type { Ledgers } from '../event-sourcing/ledger/ledgers.ts';
import { ACCESS_EVENTS, knownAccess } from '../project/project-access.ts';
import type { Command, ProjectView } from '../project/project-model.ts';
import { isProjectKey } from '../projects/project-input.ts';
import type { Refusal } from '../words/refusal.ts';

/** @param parts.ledgers answered once they are there, which work with the catalogue */
export function catalogueOf({
  ledgers,
  ...parts
}: Pick<CatalogueParts, 'store' | 'warn' | 'stopped'> & {
  readonly ledgers: () => Pick<Ledgers<ProjectView, Command, Refusal>, 'viewAtHead'>;
}): Catalogue {
  return new Catalogue({
    ...parts,
    isProject: isProjectKey,
    accessEvents: ACCESS_EVENTS,
    access: async (project) => {
      const image = await ledgers().viewAtHead(project);
      return image && knownAccess(image.view);
    },
  });
}
