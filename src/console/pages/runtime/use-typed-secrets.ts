import { useState } from 'react';
import type { Draft } from '../../form/use-draft.ts';
import type { TypedSecrets } from '../data-source/data-source-values.ts';
import type { RequestValues } from './request-values.ts';

/** The texts of secret headers, which are kept in the open form alone; its draft knows that there were some. */
export function useTypedSecrets({ values, change }: Draft<RequestValues>) {
  const [secrets, setSecrets] = useState<TypedSecrets>({});
  const typeSecret = (row: string, secret: string | undefined) => {
    const others = values.typedSecrets.filter((typed) => typed !== row);
    change({ typedSecrets: secret === undefined ? others : [...others, row] });
    setSecrets(({ [row]: _, ...others }) => (secret === undefined ? others : { ...others, [row]: secret }));
  };
  return [secrets, typeSecret] as const;
}
