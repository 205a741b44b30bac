import type { Right } from './roles.ts';

/**
 * Which right each field needs: of `Query`, `Mutation` and `Subscription` on the project that its arguments name, of
 * `Project` on that project. Everything below them is read with the right that led there.
 */
export const FIELD_RIGHTS = {
  Query: {
    viewer: 'ANYBODY',
    project: 'READ',
    projects: 'READ',
    node: 'READ',
    nodes: 'READ',
    instance: 'ADMINISTER',
  },
  Mutation: {
    createProject: 'ADMINISTER',
    updateProject: 'OWN',
    setConfigParameter: 'EDIT',
    deleteConfigParameter: 'EDIT',
    createProxyConnection: 'EDIT',
    updateProxyConnection: 'EDIT',
    deleteProxyConnection: 'EDIT',
    restoreProxyConnection: 'EDIT',
    testProxy: 'SEND',
    createDataSource: 'EDIT',
    updateDataSource: 'EDIT',
    deleteDataSource: 'EDIT',
    restoreDataSource: 'EDIT',
    callDataSource: 'SEND',
    grantAccess: 'OWN',
    revokeAccess: 'OWN',
    issueToken: 'OWN',
    revokeToken: 'OWN',
  },
  Subscription: {
    changes: 'READ',
  },
  Project: {
    id: 'READ',
    resourceId: 'READ',
    key: 'READ',
    name: 'READ',
    description: 'READ',
    position: 'READ',
    environments: 'READ',
    createdBy: 'READ',
    createdAt: 'READ',
    editedBy: 'READ',
    editedAt: 'READ',
    version: 'READ',
    deletedAt: 'READ',
    deletedBy: 'READ',
    configParameters: 'READ',
    configParameter: 'READ',
    proxyConnections: 'READ',
    proxyConnection: 'READ',
    dataSources: 'READ',
    dataSource: 'READ',
    resource: 'READ',
    history: 'READ',
    commit: 'READ',
    access: 'READ_GRANTS',
    tokens: 'READ_GRANTS',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Right>>>>;

export type MutationField = keyof typeof FIELD_RIGHTS.Mutation;
