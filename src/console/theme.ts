import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#e6f4fa',
  '#cfe6f1',
  '#a1cde3',
  '#6fb2d4',
  '#469bc8',
  '#2a8bbf',
  '#1a7fb5',
  '#0b6a9c',
  '#005c8a',
  '#004b72',
];

const SMALL = [
  'Autocomplete',
  'Button',
  'Checkbox',
  'NumberInput',
  'Radio',
  'Select',
  'Switch',
  'TagsInput',
  'TextInput',
  'Textarea',
];

/** Quiet and dense: one accent, system type, hairlines, no shadows. */
export const theme = createTheme({
  colors: { accent },
  primaryColor: 'accent',
  primaryShade: 7,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '13px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  defaultRadius: 3,
  shadows: { xs: 'none', sm: 'none', md: 'none', lg: 'none', xl: 'none' },
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    ...Object.fromEntries(SMALL.map((name) => [name, { defaultProps: { size: 'xs' } }])),
    // To lock the page behind it, it would need a style that the page's policy forbids.
    Modal: {
      defaultProps: {
        transitionProps: { duration: 0 },
        lockScroll: false,
        // Its header is not that of the page.
        attributes: { header: { role: 'presentation' } },
      },
    },
    // What can be chosen stays within the page's landmarks.
    // A closed list is not there: it has the name of its field, and would be taken for that.
    Combobox: { defaultProps: { withinPortal: false, keepMounted: false } },
    // A label is the name of its field, and nothing else.
    InputWrapper: { defaultProps: { withAsterisk: false } },
  },
});

/** Text that is to be read has the contrast of WCAG AA (4.5), the quiet one too. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#575e66',
    '--mantine-color-placeholder': '#656c74',
    '--mantine-color-error': '#c22525',
    '--ledger-focus': accent[7],
    '--ledger-line': '#dfe2e6',
    '--ledger-faint': '#f1f3f5',
    '--ledger-warning': '#8a5300',
    '--mantine-color-red-filled': '#c22525',
    '--mantine-color-red-filled-hover': '#a81f1f',
    '--mantine-color-yellow-outline': '#8a5300',
    '--mantine-color-red-outline': '#c22525',
  },
  dark: {
    '--mantine-color-dimmed': '#a6abb2',
    '--mantine-color-placeholder': '#9aa0a7',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-anchor': accent[3],
    '--ledger-focus': accent[3],
    '--ledger-line': '#3b3e42',
    '--ledger-faint': '#2b2d30',
    '--ledger-warning': '#f2b84b',
    '--mantine-color-red-filled': '#c22525',
    '--mantine-color-red-filled-hover': '#a81f1f',
    '--mantine-color-yellow-outline': '#f2b84b',
    '--mantine-color-red-outline': '#ff8f8f',
  },
});
