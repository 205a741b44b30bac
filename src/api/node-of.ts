import { parseId } from '../words/ids.ts';
import { unreachable } from '../words/unreachable.ts';
import { ApiTokenObject } from './access/token-types.ts';
import { DataSourceObject } from './data-sources/data-source-types.ts';
import { ConfigParameterObject } from './parameters/parameter-types.ts';
import { ProjectObject } from './projects/project-types.ts';
import { ProxyConnectionObject } from './proxies/proxy-types.ts';
import type { SeenImage } from './toolkit/seen-image.ts';
import type { NodeType } from './toolkit/shared-types.ts';

/** The resource with this resourceId as it stands in its project's image, deleted ones included; changes are not in images. */
export function nodeIn(image: SeenImage, id: string): NodeType | null {
  const type = parseId(id)?.type;
  const { project, parameters, proxies, dataSources, tokens } = image.view;
  switch (type) {
    case 'Project':
      return project ? new ProjectObject(image, project) : null;
    case 'ConfigParameter': {
      const row = parameters.get(id);
      return row ? new ConfigParameterObject(image, row) : null;
    }
    case 'ProxyConnection': {
      const row = proxies.get(id);
      return row ? new ProxyConnectionObject(image, row) : null;
    }
    case 'DataSource': {
      const row = dataSources.get(id);
      return row ? new DataSourceObject(image, row) : null;
    }
    case 'ApiToken': {
      const row = tokens.get(id);
      return row ? new ApiTokenObject(image, row) : null;
    }
    case 'Change':
    case undefined:
      return null;
    default:
      return unreachable(type);
  }
}
