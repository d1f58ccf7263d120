import { LightningElement, api } from 'lwc';
import { updateRecord } from 'lightning/uiRecordApi';
import { inWords } from 'c/syncdErrors';
import { capitalized, insteadOf } from 'c/syncdFields';
import { ACCEPTED, NOT_YET, REASONS, REJECTED, VERDICTS } from 'c/syncdVerdicts';

const ICONS = { [ACCEPTED]: 'utility:like', [NOT_YET]: 'utility:clock', [REJECTED]: 'utility:dislike' };
const BUTTON = 'slds-button slds-button_neutral';
const PRESSED = 'slds-button slds-button_brand';

/**
 * The verdict on a record: one tap accepts; not yet and rejected ask for a reason first.
 *
 * verdict, reason: the fields as syncdFields.fieldOf reads them. What was saved is shown until the record says it
 * itself, and what was chosen and not saved stays.
 */
export default class SyncdVerdict extends LightningElement {
    @api recordId;
    @api level = 3;
    @api narrow = false;
    @api elsewhere = ''; // what counts where this record has no word
    chosen = null; // the verdict for which a reason is asked
    chosenReason = null;
    isReasonMissing = false;
    isSaving = false;
    failure = '';
    status = '';
    saved = null;
    toFocus = '';
    verdictField = { isHidden: false, isEmpty: true, value: null };
    reasonField = { isHidden: false, isEmpty: true, value: null };

    @api
    get verdict() {
        return this.verdictField;
    }
    set verdict(field) {
        this.verdictField = field;
        this.saved = null;
    }

    @api
    get reason() {
        return this.reasonField;
    }
    set reason(field) {
        this.reasonField = field;
        this.saved = null;
    }

    get given() {
        return this.saved ?? { verdict: this.verdictField.value, reason: this.reasonField.value };
    }

    get instead() {
        return insteadOf(this.verdictField, 'Verdict', '');
    }

    get choices() {
        const current = this.chosen ?? this.given.verdict;
        return VERDICTS.map((verdict) => {
            const isPressed = verdict === current;
            return {
                verdict,
                label: capitalized(verdict),
                icon: ICONS[verdict],
                iconVariant: isPressed ? 'inverse' : '',
                className: `${isPressed ? PRESSED : BUTTON}${this.narrow ? ' slds-p-horizontal_x-small' : ''}`,
                pressed: String(isPressed)
            };
        });
    }

    get sentence() {
        const { verdict, reason } = this.given;
        if (!verdict) {
            return this.elsewhere && !this.saved ? `${capitalized(this.elsewhere)}.` : 'No verdict yet.';
        }
        return reason && verdict !== ACCEPTED ? `${capitalized(verdict)}: ${reason}.` : `${capitalized(verdict)}.`;
    }

    get isGiven() {
        return Boolean(this.given.verdict) && !this.isAsking;
    }

    get isAsking() {
        return this.chosen !== null;
    }

    get question() {
        return this.chosen === REJECTED ? 'Why rejected?' : 'Why not yet?';
    }

    get reasons() {
        return REASONS.map((reason) => ({ label: capitalized(reason), value: reason }));
    }

    renderedCallback() {
        const { toFocus } = this;
        if (toFocus) {
            this.toFocus = '';
            this.template.querySelector(`[data-verdict="${toFocus}"]`)?.focus();
        }
    }

    handleVerdict(event) {
        const verdict = event.currentTarget.dataset.verdict;
        if (this.isSaving) {
            return;
        }
        this.failure = '';
        if (verdict === ACCEPTED || this.reasonField.isHidden) {
            this.chosen = null;
            if (verdict !== this.given.verdict) {
                this.save(verdict, null);
            }
            return;
        }
        this.isReasonMissing = false;
        this.chosenReason = verdict === this.given.verdict ? this.given.reason : this.chosenReason;
        this.chosen = verdict;
    }

    handleReason(event) {
        this.chosenReason = event.detail.value;
        this.isReasonMissing = false;
    }

    handleSave() {
        if (this.isSaving) {
            return;
        }
        if (!this.chosenReason) {
            this.isReasonMissing = true;
            return;
        }
        this.save(this.chosen, this.chosenReason);
    }

    handleCancel() {
        this.toFocus = this.chosen;
        this.chosen = null;
        this.chosenReason = null;
        this.isReasonMissing = false;
        this.failure = '';
    }

    handleTakeBack() {
        if (!this.isSaving) {
            this.save(null, null);
        }
    }

    async save(verdict, reason) {
        const fields = { Id: this.recordId, Syncd_Verdict__c: verdict };
        if (!this.reasonField.isHidden) {
            fields.Syncd_Verdict_Reason__c = reason;
        }
        const before = this.given.verdict;
        this.isSaving = true;
        this.failure = '';
        this.status = '';
        try {
            await updateRecord({ fields });
            this.toFocus = verdict ?? before;
            this.saved = { verdict, reason };
            this.chosen = null;
            this.chosenReason = null;
            this.status = verdict ? 'Your verdict is saved.' : 'Your verdict is taken back.';
        } catch (error) {
            this.failure = inWords(error);
        } finally {
            this.isSaving = false;
        }
    }
}
