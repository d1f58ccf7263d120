/** The values of the fields Verdict and Verdict Reason, as they stand in the fields' own definitions. */

export const ACCEPTED = 'accepted';
export const NOT_YET = 'not yet';
export const REJECTED = 'rejected';

export const VERDICTS = [ACCEPTED, NOT_YET, REJECTED];

export const REASONS = [
    'no need',
    'no budget',
    'wrong time',
    'wrong person',
    'not reachable',
    'already with a competitor',
    'already a customer',
    'wrong facts',
    'other'
];
