import { LightningElement, api } from 'lwc';
import { capitalized } from 'c/syncdFields';
import { iconOf, isGap } from 'c/syncdStates';

const LABELS = { assumed: 'Assumed, by title alone', stale: 'Stale: nothing said for long' };
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
            told: role.action ? '' : capitalized(role.finding?.source),
            at: role.finding?.at,
            ...stateOf(role)
        }));
    }
}

function stateOf(role) {
    if (isGap(role)) {
        const label = role.by.length ? `Gap: ${role.needed - role.by.length} missing` : 'Gap: nobody';
        return { ...iconOf('unknown'), label };
    }
    return { ...iconOf(role.state), label: LABELS[role.state] ?? capitalized(role.state) };
}
