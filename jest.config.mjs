export default {
  testEnvironment: 'node',
  // Jest would keep a core for itself: of two, that is half of them.
  maxWorkers: '100%',
  // So that none fails for what runs beside it.
  testTimeout: 20_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Longer ones, which `npm run test:faults` runs.
  testPathIgnorePatterns: process.env.FAULTS ? [] : ['<rootDir>/test/faults/'],
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['reflect-metadata'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: true },
        },
      },
    ],
  },
};
