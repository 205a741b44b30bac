import { checkBytes, ILL_FORMED, LIMITS, readProse } from '../words/fields.ts';
import type { Faults, Path } from '../words/refusal.ts';
import { hasControl, isWellFormed } from '../words/text.ts';
import type { ParameterId } from './parameter-events.ts';
import type { DeleteParameter, GivenValue, SetParameter } from './parameters.ts';

export interface SetParameterForm {
  readonly key: string;
  readonly description?: string | null | undefined;
  readonly secret?: boolean | null | undefined;
  readonly defaultValue?: string | null | undefined;
  readonly values?:
    | readonly { readonly environment: string; readonly value?: string | null | undefined }[]
    | null
    | undefined;
  readonly expectedVersion?: number | null | undefined;
}

export interface DeleteParameterForm {
  readonly key: string;
  readonly expectedVersion?: number | null | undefined;
}

/** `keepSecret` keeps a text at hand under a new reference, in case that the parameter is a secret one. */
export function readSetParameter(
  form: SetParameterForm,
  newId: ParameterId,
  keepSecret: (text: string) => string,
  faults: Faults,
): SetParameter {
  checkKey(form.key, faults);
  const give = (text: string, path: Path): GivenValue => {
    checkValue(text, path, faults);
    return { text, secretRef: keepSecret(text) };
  };
  const { defaultValue, values } = form;
  return {
    type: 'SetParameter',
    newId,
    key: form.key,
    ...(typeof form.expectedVersion === 'number' && { expectedVersion: form.expectedVersion }),
    ...(form.description !== undefined && {
      description: readProse(form.description, ['input', 'description'], faults),
    }),
    ...(typeof form.secret === 'boolean' && { secret: form.secret }),
    ...(defaultValue !== undefined && {
      defaultValue: defaultValue === null ? null : give(defaultValue, ['input', 'defaultValue']),
    }),
    ...(values !== undefined && { values: values && readValues(values, give, faults) }),
  };
}

export function readDeleteParameter(form: DeleteParameterForm): DeleteParameter {
  return {
    type: 'DeleteParameter',
    key: form.key,
    ...(typeof form.expectedVersion === 'number' && { expectedVersion: form.expectedVersion }),
  };
}

function readValues(
  values: NonNullable<SetParameterForm['values']>,
  give: (text: string, path: Path) => GivenValue,
  faults: Faults,
) {
  const path = ['input', 'values'];
  if (values.length > LIMITS.environments) {
    faults.invalid(
      path,
      `a project has at most ${LIMITS.environments} environments; these are ${values.length} values`,
    );
    return [];
  }
  const seen = new Set<string>();
  return values.map(({ environment, value }, index) => {
    const place = [...path, String(index)];
    if (seen.has(environment)) faults.invalid([...place, 'environment'], 'this environment is in the list already');
    seen.add(environment);
    return { environment, value: typeof value === 'string' ? give(value, [...place, 'value']) : null };
  });
}

function checkKey(key: string, faults: Faults): void {
  if (/^[A-Za-z0-9._-]+$/.test(key) && key.length <= LIMITS.parameterKey) return;
  const rule = `letters, digits, '.', '_' and '-', at most ${LIMITS.parameterKey} of them, such as corp.proxy.host`;
  faults.invalid(['input', 'key'], `a parameter's key is made of ${rule}`);
}

function checkValue(text: string, path: Path, faults: Faults): void {
  if (!isWellFormed(text)) faults.invalid(path, ILL_FORMED);
  else if (hasControl(text.replace(/[\t\n\r\u2028\u2029]/g, ''))) {
    faults.invalid(path, 'a value must not contain control characters other than tabs and line breaks');
  } else checkBytes(text, LIMITS.parameterValueBytes, 'a value', path, faults);
}
