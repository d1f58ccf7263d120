/** How well a thing is known, and how a gate ruled, as an icon. */

const STATES = {
    known: { icon: 'utility:success', variant: 'success' },
    stale: { icon: 'utility:clock', variant: 'warning' },
    unknown: { icon: 'utility:warning', variant: 'warning' }
};
const RULINGS = {
    yes: { icon: 'utility:success', variant: 'success' },
    no: { icon: 'utility:clear', variant: 'error' },
    unknown: { icon: 'utility:help', variant: 'warning' }
};
const OTHER = { icon: 'utility:help', variant: '' };

/** The icon and its variant for known, assumed, stale or unknown; a question mark for any other word. */
export function iconOf(state) {
    return STATES[state] ?? OTHER;
}

/** The icon and its variant for yes, no or unknown; any other word counts as unknown. */
export function iconOfRuling(ruling) {
    return RULINGS[ruling] ?? RULINGS.unknown;
}

/** Whether too few people fill a role of a picture; counting them would not do, for some may have had no room. */
export function isGap(role) {
    return role.state === 'unknown';
}
