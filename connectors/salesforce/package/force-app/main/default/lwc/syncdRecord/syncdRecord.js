import { LightningElement, api, wire } from 'lwc';
import FORM_FACTOR from '@salesforce/client/formFactor';
import { getRecord } from 'lightning/uiRecordApi';
import { inWords } from 'c/syncdErrors';
import { fieldOf } from 'c/syncdFields';

/**
 * What stands on a record's page: the record, its fields as syncdFields.fieldOf reads them, or why it cannot be read.
 *
 * Who extends it says by `names` which fields are read, takes them in `show`, and begins anew in `forget`.
 */
export default class SyncdRecord extends LightningElement {
    @api objectApiName;
    @api flexipageRegionWidth;
    record = null;
    failure = '';
    fields = {};
    shownId;

    /** A page may go on to another record: until that is read nothing is shown, for a tap would be saved there. */
    @api
    get recordId() {
        return this.shownId;
    }
    set recordId(id) {
        if (id !== this.shownId) {
            this.shownId = id;
            this.record = null;
            this.failure = '';
            this.forget();
        }
    }

    get names() {
        return [];
    }

    get optionalFields() {
        return this.objectApiName && this.names?.map((name) => `${this.objectApiName}.${name}`);
    }

    get isNarrow() {
        return FORM_FACTOR === 'Small' || this.flexipageRegionWidth === 'SMALL';
    }

    get isLoading() {
        return !this.record && !this.failure;
    }

    @wire(getRecord, { recordId: '$recordId', optionalFields: '$optionalFields' })
    receive({ data, error }) {
        this.failure = error ? inWords(error) : '';
        if (data) {
            this.record = data;
            this.fields = Object.fromEntries(this.names.map((name) => [name, fieldOf(data, name)]));
            this.show();
        }
    }

    show() {}

    forget() {}
}
