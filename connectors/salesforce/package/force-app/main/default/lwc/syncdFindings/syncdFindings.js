import { LightningElement, api } from 'lwc';
import { capitalized, isSame } from 'c/syncdFields';
import { iconOf } from 'c/syncdStates';

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
                ...iconOf(finding.state),
                value: withLines(finding.value, stored),
                read: finding.value,
                isTold: Boolean(finding.value && (finding.by || finding.source || finding.at)),
                told: [finding.by, finding.source].filter(Boolean).join(', '),
                at: finding.at,
                action: finding.action,
                field: finding.field,
                title: finding.title,
                stored,
                isAnswerable: Boolean(this.recordId && stored)
            };
        });
    }
}

/** What syncd has read, with the lines in which it stands in its field. */
function withLines(value, stored) {
    return value && stored?.value && isSame(stored.value, value) ? stored.value : value;
}
