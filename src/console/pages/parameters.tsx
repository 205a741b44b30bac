import { Button, Checkbox } from '@mantine/core';
import { useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useReturnTo } from '../form/return-to.ts';
import { useProject } from '../frame/project-frame.tsx';
import { useAsk } from '../graphql/use-ask.ts';
import { Empty } from '../parts/empty.tsx';
import { Failed } from '../parts/failed.tsx';
import { Filters } from '../parts/filters.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Pager, usePaging } from '../parts/pager.tsx';
import { SearchField, withParameter } from '../parts/search-field.tsx';
import { useSorting } from '../parts/sorting.tsx';
import { EditedGrid } from './parameters/edited-grid.tsx';
import { NewParameter } from './parameters/new-parameter.tsx';
import { PARAMETERS } from './parameters/parameter-query.ts';
import styles from './parameters/parameters.module.css';

/** The parameters of a project, by environment, and a new one. */
export function ParametersPage() {
  const { key, project, asOf, can } = useProject();
  const [search, setSearch] = useSearchParams();
  const [, navigate] = useLocation();
  const sorting = useSorting(['KEY', 'EDITED_BY', 'EDITED_AT']);
  const paging = usePaging();
  const keyContains = search.get('search') ?? '';
  const showsDeleted = search.get('deleted') === 'true';
  const { data, failure, again } = useAsk(PARAMETERS, {
    ...{ key, asOf, ...paging },
    filter: { keyContains: keyContains === '' ? null : keyContains, state: showsDeleted ? 'ANY' : 'ACTIVE' },
    orderBy: { field: sorting.field, direction: sorting.direction },
  });
  const returnTo = useReturnTo();
  const button = useRef<HTMLButtonElement>(null);
  const [wanted, setWanted] = useState({});

  const newKey = search.get('new');
  const isMaking = newKey !== null && can('EDIT');
  const open = (parameter: { readonly description?: string; readonly secret?: boolean; readonly key: string }) => {
    setWanted(parameter);
    setSearch((before) => withNew(before, parameter.key), { replace: true });
  };
  const close = () => {
    setWanted({});
    // It knows the parameter by its key, which it has.
    if (returnTo) return navigate(returnTo.address, { replace: true });
    setSearch((before) => withNew(before, undefined), { replace: true });
    requestAnimationFrame(() => button.current?.focus());
  };

  const list = data?.project?.configParameters;
  const isNarrowed = keyContains !== '' || showsDeleted;
  const hasNone = list?.totalCount === 0 && !isNarrowed;
  const make = can('EDIT') && !isMaking && (
    <Button ref={button} onClick={() => open({ key: '' })}>
      New parameter
    </Button>
  );
  return (
    <Page title="Parameters" within={project?.name ?? key} actions={!hasNone && make}>
      {isMaking && project && (
        <NewParameter
          key={newKey}
          environments={project.environments}
          wanted={{ ...wanted, ...(newKey !== '' && { key: newKey }) }}
          onClose={close}
        />
      )}
      {!hasNone && (
        <Filters>
          <SearchField placeholder="Search by key" />
          <Checkbox
            label="Show deleted"
            className={styles.deleted}
            checked={showsDeleted}
            onChange={({ currentTarget: { checked } }) =>
              setSearch((before) => withParameter(before, 'deleted', checked ? 'true' : ''), { replace: true })
            }
          />
        </Filters>
      )}
      {!(list && project) && (failure ? <Failed failure={failure} again={again} /> : <Loading />)}
      {hasNone && !isMaking && (
        <Empty title="There is no parameter yet.">
          <p>
            A parameter has a value for each environment, and {'${key}'} names it in hosts, ports, URLs and header
            values: so one proxy connection serves them all.
          </p>
          {make}
        </Empty>
      )}
      {list?.totalCount === 0 && isNarrowed && <Empty title={`No parameter has “${keyContains}” in its key.`} />}
      {list && project && (
        <EditedGrid
          parameters={list.nodes}
          environments={project.environments}
          sorting={sorting}
          hasBar={!isMaking}
          onMakeAnew={(parameter) => open({ ...parameter, description: parameter.description ?? '' })}
        />
      )}
      {list && list.totalCount > 0 && (
        <Pager pageInfo={list.pageInfo} totalCount={list.totalCount} shown={list.nodes.length} />
      )}
    </Page>
  );
}

/** The same address with the form for a new parameter, or without it. */
function withNew(search: URLSearchParams, key: string | undefined): URLSearchParams {
  const next = new URLSearchParams(search);
  next.delete('for');
  if (key === undefined) next.delete('new');
  else next.set('new', key);
  return next;
}
