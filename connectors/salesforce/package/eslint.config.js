'use strict';

const lwc = require('@salesforce/eslint-config-lwc');
const globals = require('globals');

const components = 'force-app/**/lwc/**/*.js';
const tests = 'force-app/**/__tests__/**/*.js';

module.exports = [
    { ignores: ['node_modules/', 'rig/out/'] },
    { linterOptions: { reportUnusedDisableDirectives: 'error' } },
    ...[...lwc.configs.recommended, ...lwc.configs.i18n].map((config) => ({ ...config, files: [components] })),
    {
        files: [tests],
        languageOptions: { globals: { ...globals.browser, ...globals.node, ...globals.jest } },
        rules: { '@lwc/lwc/no-async-operation': 'off', '@lwc/lwc/no-unexpected-wire-adapter-usages': 'off' }
    },
    {
        files: ['*.js'],
        ...require('@eslint/js').configs.recommended,
        languageOptions: { sourceType: 'commonjs', globals: globals.node }
    },
    {
        files: ['rig/**/*.mjs'],
        ...require('@eslint/js').configs.recommended,
        languageOptions: { sourceType: 'module', globals: { ...globals.node, ...globals.browser } }
    }
];
