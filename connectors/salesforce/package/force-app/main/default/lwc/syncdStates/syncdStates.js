/** How well a thing is known, as an icon. */

const STATES = {
    known: { icon: 'utility:success', variant: 'success' },
    stale: { icon: 'utility:clock', variant: 'warning' },
    unknown: { icon: 'utility:warning', variant: 'warning' }
};
const OTHER = { icon: 'utility:help', variant: '' };

/** The icon and its variant for known, assumed, stale or unknown; a question mark for any other word. */
export function iconOf(state) {
    return STATES[state] ?? OTHER;
}
