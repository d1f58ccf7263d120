import { LightningElement, api } from 'lwc';
import { linesOf } from 'c/syncdFields';

const LISTS = ['First alignment', 'Viable, with their delegates']; // offers with their people, parted by semicolons
const COUNTED = /^(\d+)\. /; // how many are present
const MOVE = /^Round \d+$/;

function peopled(detail) {
    return detail.replace(COUNTED, (_, count) => `${count} ${count === '1' ? 'person' : 'people'}. `);
}

/** The tally of a caucus: who stood where first, what is viable, and every move once it is asked for. */
export default class SyncdTally extends LightningElement {
    @api text;
    isOpen = false;

    get lines() {
        return linesOf(this.text).map((line) => {
            const at = line.text.indexOf(': ');
            const term = at < 0 ? '' : line.text.slice(0, at);
            const detail = at < 0 ? line.text : line.text.slice(at + 2);
            return { key: line.key, term, detail, isMove: MOVE.test(term) };
        });
    }

    get results() {
        return this.lines
            .filter((line) => !line.isMove)
            .map(({ key, term, detail }) => {
                const parts = LISTS.includes(term) ? detail.replace(/\.$/, '').split('; ') : [peopled(detail)];
                return { key, term, parts: parts.map((text, index) => ({ key: `${index}`, text })) };
            });
    }

    get moves() {
        return this.lines.filter((line) => line.isMove);
    }

    get action() {
        const count = this.moves.length;
        const moves = count === 1 ? 'the move' : `the ${count} moves`;
        return this.isOpen ? `Hide ${moves}` : `Show ${moves}`;
    }

    get expanded() {
        return String(this.isOpen);
    }

    handleToggle() {
        this.isOpen = !this.isOpen;
    }
}
