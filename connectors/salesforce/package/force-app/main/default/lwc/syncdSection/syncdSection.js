import { LightningElement, api } from 'lwc';

/** A part of the page, under a heading of level 3, that opens and closes. */
export default class SyncdSection extends LightningElement {
    @api label;
    @api note;
    isOpen = false;

    @api
    get open() {
        return this.isOpen;
    }
    set open(value) {
        this.isOpen = Boolean(value);
    }

    get expanded() {
        return String(this.isOpen);
    }

    get className() {
        return this.isOpen ? 'slds-section slds-is-open' : 'slds-section';
    }

    get icon() {
        return this.isOpen ? 'utility:chevrondown' : 'utility:chevronright';
    }

    handleToggle() {
        this.isOpen = !this.isOpen;
    }
}
