import { LightningElement, api } from 'lwc';

/** The small icon before a state in words: it says nothing that the words do not say. */
export default class SyncdMark extends LightningElement {
    @api icon;
    @api variant;
}
