import { LightningElement, api } from 'lwc';

/** A few facts side by side: {label, value, icon, variant, day}, day: a date that is shown instead of the value. */
export default class SyncdFacts extends LightningElement {
    @api facts = [];
}
