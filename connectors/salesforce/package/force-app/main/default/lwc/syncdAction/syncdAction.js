import { LightningElement, api } from 'lwc';

/** What closes a gap: the question or act, and who does it with whom. action: {say, who}. */
export default class SyncdAction extends LightningElement {
    @api action;
}
