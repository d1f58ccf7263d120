import { LightningElement, api } from 'lwc';

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
    @api narrow = false;

    get offer() {
        return this.picture.label || 'not known: the opportunity names none';
    }

    get covered() {
        const covered = this.picture.roles.filter((role) => role.by.length >= role.needed);
        return `${covered.length} of ${this.picture.roles.length}`;
    }

    get isDeserted() {
        return !this.picture.people;
    }

    get roles() {
        return this.picture.roles.map((role) => ({ ...role, action: this.actionFor(role.role) }));
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
        const { leftOut } = this.picture;
        return leftOut ? `${leftOut} more ${leftOut === 1 ? 'entry has' : 'entries have'} no room in the field.` : '';
    }

    get roleNames() {
        return new Set(this.picture.roles.map((role) => role.role));
    }

    actionFor(what) {
        const action = this.picture.next.find((next) => subject(next.closes) === what);
        return action && spoken(action);
    }
}

/** What an entry is about: `Champion` of `Champion (1 of 2)`. */
function subject(what) {
    return what.split(' (', 1)[0];
}

function spoken(action) {
    const who = action.by === action.reach ? action.by : `${action.by} → ${action.reach}`;
    return { key: action.key, closes: action.closes, say: action.say, who };
}
