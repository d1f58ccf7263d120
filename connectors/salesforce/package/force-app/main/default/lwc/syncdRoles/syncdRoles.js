import { LightningElement, api } from 'lwc';
import { capitalized } from 'c/syncdFields';

const STATES = {
    known: { label: 'Known', icon: 'utility:success', variant: 'success' },
    assumed: { label: 'Assumed, by title alone', icon: 'utility:help', variant: '' },
    stale: { label: 'Stale: nothing said for long', icon: 'utility:clock', variant: 'warning' },
    unknown: { label: 'Unknown', icon: 'utility:warning', variant: 'warning' }
};
const DOTS = { none: '○○○', weak: '●○○', fair: '●●○', strong: '●●●' };

/** The role grid: role, people, strength, gap, and the next action for each gap. narrow: as a list. */
export default class SyncdRoles extends LightningElement {
    @api roles = [];
    @api narrow = false;

    get rows() {
        return this.roles.map((role) => ({
            key: role.key,
            role: role.role,
            needed: role.needed > 1 ? `${role.by.length} of ${role.needed}` : '',
            by: role.by,
            isVacant: !role.by.length,
            strength: capitalized(role.strength),
            dots: DOTS[role.strength] ?? '',
            action: role.action,
            told: role.action ? '' : role.finding?.source,
            at: role.finding?.at,
            ...stateOf(role)
        }));
    }
}

function stateOf(role) {
    if (role.by.length < role.needed) {
        const label = role.by.length ? `Gap: ${role.needed - role.by.length} missing` : 'Gap: nobody';
        return { ...STATES.unknown, label };
    }
    return STATES[role.state] ?? { label: capitalized(role.state), icon: 'utility:help', variant: '' };
}
