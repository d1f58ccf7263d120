'use strict';

const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');

module.exports = { ...jestConfig, modulePathIgnorePatterns: ['<rootDir>/rig/'], testTimeout: 10000 };
