import { LightningElement, api } from 'lwc';
import { linesOf } from 'c/syncdFields';

const LISTS = ['First alignment', 'Viable, with their delegates']; // offers with their people, parted by semicolons

/** The tally of a caucus: who stood where first, every move, and what is viable. */
export default class SyncdTally extends LightningElement {
    @api text;

    get entries() {
        return linesOf(this.text).map((line) => {
            const at = line.text.indexOf(': ');
            const term = at < 0 ? '' : line.text.slice(0, at);
            const detail = at < 0 ? line.text : line.text.slice(at + 2);
            const parts = LISTS.includes(term) ? detail.replace(/\.$/, '').split('; ') : [detail];
            return { key: line.key, term, parts: parts.map((text, index) => ({ key: `${index}`, text })) };
        });
    }
}
