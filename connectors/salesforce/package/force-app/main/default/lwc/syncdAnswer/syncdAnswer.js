import { LightningElement, api } from 'lwc';
import { updateRecord } from 'lightning/uiRecordApi';
import { inWords } from 'c/syncdErrors';
import { insteadOf, isSame } from 'c/syncdFields';

const OPEN = '[data-id="open"]';

/**
 * An answer typed in place: it goes to the field of the opportunity that syncd reads it from.
 *
 * field, title: that field's API name, and how screens call it. stored: what stands there, as syncdFields.fieldOf reads
 * it. told: the value that syncd has read already. choices: {label, value} of each answer where one is chosen instead.
 * What was typed stays until it is saved or taken back.
 */
export default class SyncdAnswer extends LightningElement {
    @api recordId;
    @api field;
    @api title;
    @api choices = [];
    @api what;
    @api told;
    draft = null;
    isSaving = false;
    failure = '';
    status = '';
    saved = null;
    storedField;
    toFocus = '';

    @api
    get stored() {
        return this.storedField;
    }
    set stored(field) {
        this.storedField = field;
        this.saved = null;
    }

    get value() {
        return this.saved ?? this.storedField?.value ?? '';
    }

    get isHidden() {
        return Boolean(this.storedField?.isHidden);
    }

    get hidden() {
        return insteadOf(this.storedField, this.title || this.field);
    }

    get isChoice() {
        return this.choices.length > 0;
    }

    /** The value as people call it. */
    get shown() {
        return this.choices.find((choice) => choice.value === this.value)?.label ?? this.value;
    }

    get isOpen() {
        return this.draft !== null;
    }

    get isAwaited() {
        return Boolean(this.value) && !isSame(this.value, this.told);
    }

    get action() {
        return this.value ? 'Change' : 'Answer';
    }

    get actionTitle() {
        return `${this.action}: ${this.what}`;
    }

    get label() {
        return `${this.what}: your answer`;
    }

    renderedCallback() {
        const { toFocus } = this;
        if (toFocus) {
            this.toFocus = '';
            this.template.querySelector(toFocus)?.focus();
        }
    }

    handleOpen() {
        this.toFocus = this.isChoice ? 'lightning-radio-group' : 'lightning-textarea';
        this.draft = String(this.value);
        this.failure = '';
        this.status = '';
    }

    handleChange(event) {
        this.draft = event.detail.value;
    }

    handleCancel() {
        this.toFocus = OPEN;
        this.draft = null;
        this.failure = '';
    }

    async handleSave() {
        if (this.isSaving) {
            return;
        }
        const answer = (this.draft ?? '').trim();
        this.isSaving = true;
        this.failure = '';
        try {
            await updateRecord({ fields: { Id: this.recordId, [this.field]: answer || null } });
            this.saved = answer;
            this.draft = null;
            this.toFocus = OPEN;
            this.status = 'Your answer is saved.';
        } catch (error) {
            this.failure = inWords(error);
        } finally {
            this.isSaving = false;
        }
    }
}
