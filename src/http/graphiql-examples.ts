/** A tab of GraphiQL: an operation and what it is run with. */
export interface Example {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const WELCOME = `# Proxy Ledger: proxy connections defined once,
# tested live, never changed without a trace.
#
# Each tab is a step: run it with Ctrl+Enter. Its
# input stands below, in Variables. The book on the
# left explains every type and field.
#
# You are the actor "local". To act under a name,
# write it into Headers: { "X-Actor": "ada" }

query Welcome {
  viewer {
    actor {
      identity
      name
    }
  }
  projects(first: 10) {
    totalCount
    nodes {
      key
      name
      environments
    }
  }
}
`;

const CREATE_PROJECT = `# A project holds proxy connections, and parameters
# with a value for each environment.

mutation CreateProject($input: CreateProjectInput!) {
  createProject(input: $input) {
    project {
      id
      key
      environments
    }
    commit {
      position
      at
      actor {
        name
      }
    }
    userErrors {
      code
      path
      message
    }
  }
}
`;

const SET_CONFIG_PARAMETER = `# As a proxy's host, \${corp.proxy.host} stands for
# this value in the environment that is asked about.

mutation SetConfigParameter($input: SetConfigParameterInput!) {
  setConfigParameter(input: $input) {
    configParameter {
      key
      values {
        environment
        value
      }
    }
    userErrors {
      code
      path
      message
    }
  }
}
`;

const TEST_DRAFT = `# Tests a connection before it is saved: what
# happened, stage by stage, when a request went
# through the proxy.

mutation TestDraft($input: TestProxyInput!) {
  testProxy(input: $input) {
    test {
      success
      failure
      message
      stages {
        name
        status
        durationMs
        detail
      }
      warnings
    }
    userErrors {
      code
      path
      message
    }
  }
}
`;

const CREATE_PROXY_CONNECTION = `# A password can be written, never read: hasPassword
# is all that anybody gets to see of it.

mutation CreateProxyConnection($input: CreateProxyConnectionInput!) {
  createProxyConnection(input: $input) {
    proxyConnection {
      id
      name
      type
      host
      port
      authType
      user
      hasPassword
      version
    }
    userErrors {
      code
      path
      message
    }
  }
}
`;

const PROXY_CONNECTIONS = `# The list, with who edited what and when, the last
# test, and the latest changes.

query ProxyConnections($project: String!) {
  project(key: $project) {
    position
    proxyConnections(first: 20, orderBy: { field: EDITED_AT, direction: DESC }) {
      totalCount
      nodes {
        id
        name
        description
        type
        editedBy {
          name
        }
        editedAt
        lastTest {
          success
          message
          at
          stale
        }
        history(first: 5) {
          nodes {
            type
            fields {
              field
              before
              after
              secret
            }
            commit {
              position
              at
              reason
            }
          }
        }
      }
    }
  }
}
`;

/** What GraphiQL opens with: from an empty server to a saved, tested proxy connection. */
export const EXAMPLES: readonly Example[] = [
  { query: WELCOME },
  {
    query: CREATE_PROJECT,
    variables: {
      input: { key: 'crm-integration', name: 'CRM integration', environments: ['dev', 'staging', 'prod'] },
    },
  },
  {
    query: SET_CONFIG_PARAMETER,
    variables: {
      input: {
        projectKey: 'crm-integration',
        key: 'corp.proxy.host',
        values: [
          { environment: 'dev', value: 'proxy.dev.example.com' },
          { environment: 'prod', value: 'proxy.corp.example.com' },
        ],
      },
    },
  },
  {
    query: TEST_DRAFT,
    variables: {
      input: {
        projectKey: 'crm-integration',
        environment: 'prod',
        draft: { type: 'HTTPS', host: '${corp.proxy.host}', port: 8443, authType: 'NO_AUTH' },
      },
    },
  },
  {
    query: CREATE_PROXY_CONNECTION,
    variables: {
      input: {
        projectKey: 'crm-integration',
        name: 'Corporate Proxy',
        description: 'Routes traffic through the corporate proxy gateway',
        type: 'HTTPS',
        host: '${corp.proxy.host}',
        port: 8443,
        authType: 'BASIC',
        user: 'svc-flowx',
        password: 'change me',
        reason: 'The CRM is reached through the gateway only',
      },
    },
  },
  { query: PROXY_CONNECTIONS, variables: { project: 'crm-integration' } },
];
