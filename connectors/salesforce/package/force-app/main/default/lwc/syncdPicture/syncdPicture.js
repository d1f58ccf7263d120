import { LightningElement, api } from 'lwc';
import { capitalized, leftOutOf } from 'c/syncdFields';
import { isGap } from 'c/syncdStates';

const MARKETING = 'marketing';
const NOBODY = 'nobody is known';
const WARNING = { icon: 'utility:warning', variant: 'warning' };

/**
 * The picture of one open opportunity: what it is for, who decides, what is known, what to do next.
 *
 * picture: as syncdJson reads it. level: of the headings. recordId and stored: see c-syncd-findings.
 */
export default class SyncdPicture extends LightningElement {
    @api picture;
    @api recordId;
    @api stored;
    @api level = 3;
    @api more = []; // facts beside the picture's own
    @api narrow = false;

    get facts() {
        const { label, overdue, roles } = this.picture;
        const covered = roles.filter((role) => !isGap(role));
        const passed = { label: 'Overdue', value: 'is its close date', day: overdue, ...WARNING };
        return [
            { label: 'Offer', value: label || 'Not known: the opportunity names none' },
            { label: 'Roles covered', value: `${covered.length} of ${roles.length}` },
            ...(overdue ? [passed] : []),
            ...this.more
        ];
    }

    /** The question for the offer with what stands in its field; null where it cannot be answered here. */
    get offer() {
        const { asks } = this.picture;
        const stored = this.recordId && asks && this.stored?.[asks.field];
        return stored ? { ...asks, stored } : null;
    }

    get isDeserted() {
        return !this.picture.people;
    }

    get roles() {
        return this.picture.roles.map((role) => ({
            ...role,
            action: this.actionFor(role.role),
            finding: this.picture.findings.find((finding) => subject(finding.what) === role.role)
        }));
    }

    get findings() {
        const roles = this.roleNames;
        return this.picture.findings
            .filter((finding) => !roles.has(subject(finding.what)))
            .map((finding) => ({ ...finding, action: this.actionFor(finding.what) }));
    }

    get others() {
        const told = new Set([...this.roleNames, ...this.findings.map((finding) => finding.what)]);
        return this.picture.next.filter((action) => !told.has(subject(action.closes))).map(spoken);
    }

    get leftOut() {
        return leftOutOf(this.picture);
    }

    get roleNames() {
        return new Set(this.picture.roles.map((role) => role.role));
    }

    actionFor(what) {
        const action = this.picture.next.find((next) => subject(next.closes) === what);
        return action && spoken(action);
    }
}

/** The role or part that an entry is about: `Champion` of `Champion (1 of 2)`; brackets of its own stay. */
function subject(what) {
    return what.replace(/ \(\d+ of \d+\)$/, '');
}

function spoken(action) {
    return { key: action.key, say: capitalized(action.say), who: capitalized(who(action)) };
}

/** Who does it with whom: a rep asks; marketing writes to whom it invites, and sees to all else. */
function who({ by, reach, say }) {
    if (by === reach) {
        return by;
    }
    if (reach === NOBODY) {
        return `${by}; nobody is known yet`;
    }
    if (by !== MARKETING) {
        return `${by} asks ${reach}`;
    }
    return say.startsWith('invite') ? `${by} writes to ${reach}` : `${by}, about ${reach}`;
}
