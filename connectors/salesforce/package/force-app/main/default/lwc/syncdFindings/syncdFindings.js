import { LightningElement, api } from 'lwc';
import { capitalized } from 'c/syncdFields';

const STATES = {
    known: { icon: 'utility:success', variant: 'success' },
    stale: { icon: 'utility:clock', variant: 'warning' },
    unknown: { icon: 'utility:warning', variant: 'warning' }
};
const OTHER = { icon: 'utility:help', variant: '' };

/**
 * What is known and not known of the decision, the next question for each gap, and its answer typed in place.
 *
 * recordId: the opportunity on which an answer is written; without it nothing is typed. stored: what stands in the
 * fields, by name, as syncdFields.fieldOf reads them; null while they are not read.
 */
export default class SyncdFindings extends LightningElement {
    @api recordId;
    @api findings = [];
    @api stored;
    @api narrow = false;

    get firstColumn() {
        return this.narrow ? 'slds-size_1-of-1' : 'slds-size_3-of-12 slds-p-right_small';
    }

    get secondColumn() {
        return this.narrow ? 'slds-size_1-of-1' : 'slds-size_9-of-12';
    }

    get rows() {
        return this.findings.map((finding) => {
            const stored = this.stored?.[finding.field];
            return {
                key: finding.what,
                what: capitalized(finding.what),
                state: capitalized(finding.state),
                ...(STATES[finding.state] ?? OTHER),
                value: finding.value,
                isTold: Boolean(finding.value && (finding.by || finding.source || finding.at)),
                told: [finding.by, finding.source].filter(Boolean).join(', '),
                at: finding.at,
                action: finding.action,
                field: finding.field,
                stored,
                isAnswerable: Boolean(this.recordId && stored)
            };
        });
    }
}
