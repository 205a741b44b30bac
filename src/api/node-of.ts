import { parseId } from '../words/ids.ts';
import { unreachable } from '../words/unreachable.ts';
import { ApiTokenObject } from './access/token-types.ts';
import type { RequestContext } from './context.ts';
import { DataSourceObject } from './data-sources/data-source-types.ts';
import { ConfigParameterObject } from './parameters/parameter-types.ts';
import { ProjectObject } from './projects/project-types.ts';
import { ProxyConnectionObject } from './proxies/proxy-types.ts';
import type { SeenImage } from './toolkit/seen-image.ts';
import type { NodeType } from './toolkit/shared-types.ts';

/**
 * The resource with this resourceId as it stands in its project's image, deleted ones included; undefined where the asker
 * may not see it. Changes are not in images.
 */
export async function findResource(context: RequestContext, image: SeenImage, id: string): Promise<NodeType | null> {
  const { type, project } = parseId(id) ?? {};
  const isHidden = type === 'ApiToken' && !(await context.has(project ?? '', 'READ_GRANTS'));
  return isHidden ? null : nodeIn(image, id);
}

function nodeIn(image: SeenImage, id: string): NodeType | null {
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
