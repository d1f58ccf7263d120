import { LightningElement, api } from 'lwc';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Who said a thing, where it stands, and since when it is known. at: a date as JSON has it, else it is left out. */
export default class SyncdSource extends LightningElement {
    @api told;
    @api at;

    get day() {
        return DAY.test(this.at) ? this.at : '';
    }

    get text() {
        return this.told && this.day ? `${this.told},` : this.told;
    }
}
