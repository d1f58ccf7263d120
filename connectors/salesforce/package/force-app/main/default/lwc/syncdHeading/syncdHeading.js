import { LightningElement, api } from 'lwc';

/** A heading below the card's (which is of level 2). */
export default class SyncdHeading extends LightningElement {
    @api text;
    @api level = 3;

    get isThird() {
        return Number(this.level) === 3;
    }
}
